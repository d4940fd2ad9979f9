"""The one timing of LSTMs and output layer."""

import torch
from torch import nn

from ontogeny.measures import step_times as module
from ontogeny.measures.step_times import COLUMNS, Timed, step_times


class Clock:
    """Time that passes only where a network computes."""

    def __init__(self):
        self.now, self.calls = 0.0, []

    def network(self, name, seconds, of_output):
        def lstms(x):
            self.calls.append((name, tuple(x.shape), torch.get_num_threads()))
            self.now += seconds
            return x, None

        def output(x):
            assert not torch.is_grad_enabled()
            self.now += of_output
            return x

        return Timed(3, lstms, output)


def test_a_step_is_that_of_lstms_and_output_layer(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "perf_counter", lambda: clock.now)
    torch.set_num_threads(2)
    networks = {"a": clock.network("a", 3.0, 1.0), "b": clock.network("b", 6.0, 2.0)}
    found = step_times(networks, batches=(1, 5), steps=4, repetitions=2)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    assert list(found.columns) == COLUMNS
    seconds = found.groupby(["what", "batch"])["seconds_per_step"]
    assert seconds.unique().map(list).to_dict() == {
        ("a", 1): [1.0], ("a", 5): [1.0], ("b", 1): [2.0], ("b", 5): [2.0],
    }  # fmt: skip
    # In turn, a turn more than is kept, and all on one thread.
    assert [call[0] for call in clock.calls] == ["a", "b"] * 6
    assert [call[1] for call in clock.calls[:6:6]] == [(4, 1, 3)]
    assert clock.calls[-1][1] == (4, 5, 3)
    assert {call[2] for call in clock.calls} == {1}


def test_without_networks_there_is_no_row():
    assert step_times({}).empty
    assert list(step_times({}).columns) == COLUMNS


def test_both_studies_time_alike():
    from ontogeny.models.gated import Plain
    from ontogeny.studies.predefined.front import timed
    from ontogeny.studies.predefined.language_model import PredefinedModel
    from ontogeny.studies.predefined.networks import Network
    from ontogeny.studies.structured.timing import forms, time_rows

    model = PredefinedModel(9, Network([4, 5, 5])).eval()
    one = timed(model)
    words = torch.randint(9, (6, 2))
    x = model.embedding(words)
    output, _ = model(words)
    expected = model.decoder(output)
    assert torch.allclose(one.output(one.lstms(x)[0]), expected)
    network = Plain(None, nn.LSTM(4, 5, 2), nn.Linear(5, 9), (None,) * 3)
    found = time_rows(forms(network), 4, 2)
    assert list(found.columns) == COLUMNS
    assert set(found["what"]) == {"masked", "shrunk", "skipped"}
    assert len(found) == 3 * 2 * 2
