"""Language models of the study of predefined sparseness, on a text of a few words."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from ontogeny.disk.files import read_table, write_table
from ontogeny.errors import InputError
from ontogeny.models import IGNORED, LanguageModel
from ontogeny.predefined import SparseEmbedding, SparseLSTM, embedding_rows
from ontogeny.running.states import read_states
from ontogeny.studies.predefined import averaging, lm_training
from ontogeny.studies.predefined.averaging import AveragedSGD, lags
from ontogeny.studies.predefined.awd_training import train_awd
from ontogeny.studies.predefined.checks import checks, lstm_weights, memory_beyond
from ontogeny.studies.predefined.drops import DroppedLSTM
from ontogeny.studies.predefined.front import COLUMNS, front
from ontogeny.studies.predefined.keeping import is_flat
from ontogeny.studies.predefined.language_model import Drops, PredefinedModel, size
from ontogeny.studies.predefined.lm_training import train_network
from ontogeny.studies.predefined.losses import Text, read_texts, sentence_losses
from ontogeny.studies.predefined.networks import (
    Network,
    as_in_paper,
    lm_networks,
    networks,
    recite_networks,
)
from ontogeny.studies.predefined.settings import Awd, Lm, Predefined, Recite
from ontogeny.studies.predefined.varied import RegularisedLoss, VariedStream
from ontogeny.training.optimisers import averaged
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats
from ontogeny.training.weights import load_weights

TYPES = 12
SIZES = {"dense", "sparse", "reduced", "blocks", "plain", "together"}
SIZES |= {"embedding_blocks", "words"}
LM = Lm(epochs=3, batch=4, window=6, learning_rate=5).model_dump(exclude=SIZES)
RECITE = Recite(epochs=4, batch=4, window=6, learning_rate=0.02).model_dump(
    exclude=SIZES
)
AWD = Awd(
    batch=4, window=8, epochs=4, finetune_epochs=2, patience=1, learning_rate=3
).model_dump(exclude=SIZES)


def text(words, seed):
    rng = np.random.default_rng(seed)
    ids = np.empty(words, dtype=np.int32)
    ids[0] = 2
    for at in range(1, words):
        follows = 2 + (3 * ids[at - 1] + 1) % (TYPES - 2)
        ids[at] = follows if rng.random() < 0.8 else rng.integers(TYPES)
    return Text(ids, np.arange(words) // 7)


@pytest.fixture(scope="module")
def texts():
    return {"train": text(800, 0), "valid": text(200, 1), "test": text(210, 2)}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def parameters(network, types=10_000):
    return size(PredefinedModel(types, network)).parameters


# --- the networks ---


def test_dense_and_sparse_have_as_many_parameters_the_whole_model():
    own = networks(Predefined())["lm"]  # as the config has it where it is silent
    assert own["dense"].sizes == [200, 200, 200]
    assert own["sparse"].sizes == [200, 300, 200]
    counts = {name: parameters(network) for name, network in own.items()}
    assert counts["dense"] == counts["sparse"] == 4_010_000 + 2 * 321_600
    layers = PredefinedModel(50, own["sparse"]).lstms
    assert [len(one.blocks) for one in layers] == [3, 2]
    assert [round(one.density, 2) for one in layers] == [0.83, 1.0]


def test_what_recites_has_the_parameters_of_the_reduced_model():
    own = recite_networks([200, 200, 200], [100, 100, 100])
    counts = {name: parameters(network) for name, network in own.items()}
    assert counts.pop("dense") > 1.9 * counts["reduced"]
    assert max(counts.values()) / min(counts.values()) < 1.001
    both = PredefinedModel(500, own["sparse_both"])
    assert isinstance(both.embedding, SparseEmbedding)
    assert both.embedding.density == 0.5
    assert all(isinstance(one, SparseLSTM) for one in both.lstms)
    assert not any(network.dropout for network in own.values())


def test_the_papers_recitation_has_its_parameters():
    own = recite_networks(
        [400, 1150, 1150, 400], [200, 575, 575, 200], embedding_blocks=10
    )
    with torch.device("meta"):
        dense, reduced = (parameters(own[name]) for name in ("dense", "reduced"))
    assert round(dense / 1e6) == 24
    assert reduced / 1e6 == pytest.approx(7.07, abs=0.01)
    for name in ("sparse_lstm", "sparse_both"):
        assert parameters(own[name]) / 1e6 == pytest.approx(7.07, abs=0.02)


def test_networks_of_a_config():
    own = networks(Predefined(awd=Awd()))
    assert list(own) == ["lm", "recite", "awd"]
    assert list(own["lm"]) == ["dense", "sparse", "dense_plain", "sparse_plain"]
    assert own["awd"]["sparse"].tied
    assert networks(Predefined(pos=None, lm=None, recite=None)) == {}


@pytest.mark.parametrize(
    "changed",
    [{}, {"dense": [400, 1150, 1150, 400], "together": True}, {"sparse": [400, 1700, 1725, 400]},
     {"epochs": 499}, {"finetune_epochs": 0}, {"batch": 40}, {"window": 35}],
)  # fmt: skip
def test_table_1_is_of_the_paper_s_sizes_epochs_and_text(changed):
    own = Predefined(text="official", awd=Awd(**changed))
    assert as_in_paper(own, "ptb") == (set(changed) <= {"dense", "together"})
    assert not as_in_paper(own, "wikitext-2")
    assert not as_in_paper(own, None)
    assert not as_in_paper(own.model_copy(update={"text": "corpus"}), "ptb")
    assert not as_in_paper(Predefined(text="official"), "ptb")


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [(Lm, {"sparse": [200, 300]}, "layers of"), (Lm, {"sparse": [200, 100, 200]}, "narrower"),
     (Lm, {"blocks": [3]}, "one an LSTM"), (Lm, {"sparse": [300, 300, 200]}, "as wide"),
     (Recite, {"dense": [200, 200, 100], "reduced": [100, 100, 100]}, "embedding"),
     (Awd, {"dense": [4, 6, 5], "sparse": [4, 8, 5]}, "as wide")],
)  # fmt: skip
def test_sizes_that_cannot_be_are_refused(kind, wrong, said):
    with pytest.raises(ValueError, match=said):
        kind(**wrong)


# --- the model ---


def test_a_dense_network_is_the_language_model_of_the_other_studies():
    model = PredefinedModel(
        TYPES, Network([5, 6, 6]), Drops(input=0.3, hidden=0.3, output=0.3)
    )
    other = LanguageModel(TYPES, embedding=5, hidden=6, dropout=0.3)
    other.load_state_dict(model.state_dict())
    words = torch.randint(TYPES, (7, 3))
    for mode in (True, False):
        model.train(mode), other.train(mode)
        found = []
        for one in (model, other):
            torch.manual_seed(5)
            output, state = one(words)
            found.append([output, *state[0], one.loss(output, words).total_nats])
        for a, b in zip(*found, strict=True):
            assert torch.allclose(a, b)
    assert model.sites == other.sites


def test_a_tied_decoder_is_the_embeddings_matrix():
    for network in (
        Network([6, 8, 6], tied=True),
        Network([6, 8, 6], [3, 4, 3], tied=True),
    ):
        model = PredefinedModel(TYPES, network)
        assert not hasattr(model, "decoder")
        words = torch.randint(TYPES, (7, 3))
        output, _ = model(words)
        total = model.loss(output, words).total_nats
        logits = output.flatten(0, 1) @ model.embedding.weight.T + model.output_bias
        expected = nn.functional.cross_entropy(logits, words.flatten(), reduction="sum")
        assert total.item() == pytest.approx(expected.item(), rel=1e-5)
        total.backward()
        assert all(p.grad is not None for p in model.parameters())


def test_weights_are_dropped_in_training_alone():
    drops = Drops(0.2, 0.2, 0.2, 0.2, 0.5, locked=True)
    model = PredefinedModel(TYPES, Network([6, 9, 6], [6, 6, 6], tied=True), drops)
    inner = [m for m in model.modules() if isinstance(m, DroppedLSTM)]
    assert len(inner) > 2
    words = torch.randint(TYPES, (7, 3))
    assert not torch.equal(model(words)[0], model(words)[0])
    model.eval()
    assert not any(m.dropping for m in inner)
    assert torch.equal(model(words)[0], model(words)[0])
    assert all(m.dropping for m in inner if model.train())


def test_operations_are_those_of_the_products():
    dense, sparse = (
        size(PredefinedModel(100, network))
        for network in lm_networks([20, 20, 20], [20, 30, 20]).values()
    )
    assert dense.operations_lstm == 2 * 4 * 20 * 40
    assert abs(sparse.lstm_parameters - dense.lstm_parameters) <= 4 * 50
    assert dense.operations_output == sparse.operations_output == 2_000


# --- losses by sentence ---


def test_losses_of_sentences_sum_up_to_the_whole(texts):
    model = PredefinedModel(TYPES, Network([5, 6]))
    stream = Stream(texts["test"].ids, start=1, batch=4, window=6)
    found = sentence_losses(model, texts["test"], stream)
    assert found["predictions"].sum() == 210
    assert len(found) == 30
    mean = found["nats"].sum() / 210
    assert mean == pytest.approx(mean_loss_nats(model, stream))


def test_texts_are_read_by_sentence_or_by_line(tmp_path):
    paths = {}
    for split, column in (("train", "sentence"), ("valid", "line"), ("test", "line")):
        paths[split] = tmp_path / f"{split}.parquet"
        table = pd.DataFrame(
            {"id": np.arange(9, dtype=np.int32), column: np.arange(9) // 3}
        )
        write_table(table, paths[split])
    found = read_texts(paths, words=5)
    assert [len(one.ids) for one in found.values()] == [5, 9, 9]
    assert found["train"].sentence.tolist() == [0, 0, 0, 1, 1]


# --- training ---


def train(texts, network, training, folder, function=train_network, **options):
    return function(
        network,
        texts,
        training,
        types=TYPES,
        seed=1,
        folder=folder,
        device="cpu",
        **options,
    )


def test_a_language_model_learns_and_its_best_epoch_is_measured(texts, tmp_path):
    found = train(texts, Network([6, 9, 6], [6, 6, 6]), LM, tmp_path)
    curve = found.curve
    assert curve["epoch"].tolist() == [0, 1, 2, 3]
    assert curve["valid_perplexity"].iloc[-1] < curve["valid_perplexity"].iloc[0]
    row = found.summary.iloc[0]
    assert row["epoch"] == curve["valid_loss_nats"].idxmin()
    sums = found.quality.groupby("split")[["nats", "predictions"]].sum()
    best = curve[curve["epoch"] == row["epoch"]].iloc[0]
    assert sums.loc["test", "predictions"] == 210
    assert sums.loc["test", "nats"] / 210 == pytest.approx(best["test_loss_nats"])
    assert set(sums.index) == {"train", "valid", "test"}
    model = PredefinedModel(TYPES, Network([6, 9, 6], [6, 6, 6]))
    assert load_weights(model, tmp_path / "best.safetensors")[0] == row["epoch"]


def test_without_dropout_the_last_epoch_is_measured(texts, tmp_path):
    # So few words that a model soon fits them better than any other text.
    few = {**texts, "train": text(40, 3)}
    training = {**LM, "epochs": 8, "batch": 2}
    for dropout, folder in ((False, "plain"), (True, "dropped")):
        network = Network([6, 9, 6], [6, 6, 6], dropout=dropout)
        found = train(few, network, training, tmp_path / folder)
        row, best = found.summary.iloc[0], found.curve["valid_loss_nats"].idxmin()
        assert best < 8
        assert row["epoch"] == (best if dropout else 8)
        model = PredefinedModel(TYPES, network)
        weights = tmp_path / folder / "best.safetensors"
        assert load_weights(model, weights)[0] == row["epoch"]


def test_reciting_is_judged_by_the_text_that_is_learned(texts, tmp_path):
    network = recite_networks([8, 8, 8], [4, 4, 4])["sparse_both"]
    found = train(texts, network, RECITE, tmp_path)
    assert set(found.quality["split"]) == {"train"}
    perplexity = found.curve["recited_perplexity"]
    assert perplexity.iloc[-1] < 0.8 * perplexity.iloc[0]
    assert found.summary["epoch"].item() == 4


def test_a_flat_loss_ends_a_recitation_also_of_a_resumed_run(
    texts, tmp_path, monkeypatch
):
    monkeypatch.setattr(lm_training, "UntilFlat", Ended)
    training = {**RECITE, "epochs": 6}
    first = train(texts, Network([4, 4], tied=True), training, tmp_path)
    assert first.summary["epochs"].item() == 2
    again = train(texts, Network([4, 4], tied=True), training, tmp_path)
    assert again.summary["epochs"].item() == 2
    assert is_flat([2.0] + [1.0] * 11)
    assert not is_flat([1.0] * 5)


class Ended(lm_training.UntilFlat):
    def end(self, run):
        if run.epoch == 2:
            run.epochs = 2


@pytest.mark.parametrize("kind", ["lm", "awd"])
def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(
    texts, tmp_path, monkeypatch, kind
):
    network = Network([6, 9, 6], [6, 6, 6], tied=kind == "awd")
    function, training, loss, at = {
        "lm": (train_network, LM, StreamLoss, 70),
        "awd": (train_awd, AWD, RegularisedLoss, 120),
    }[kind]
    own = {"function": function, "identity": "a"}
    whole = train(texts, network, training, tmp_path / "whole", **own)
    calls, plain = [], loss.__call__

    def killed(self, *arguments):
        calls.append(1)
        if len(calls) == at:
            raise KeyboardInterrupt
        return plain(self, *arguments)

    monkeypatch.setattr(loss, "__call__", killed)
    with pytest.raises(KeyboardInterrupt):
        train(texts, network, training, tmp_path / "killed", save_every_s=0, **own)
    again = train(texts, network, training, tmp_path / "killed", **own)
    for path in (tmp_path / "whole").rglob("*.safetensors"):
        other = tmp_path / "killed" / path.relative_to(tmp_path / "whole")
        assert path.read_bytes() == other.read_bytes()
    for one, other in zip(whole, again, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    with pytest.raises(InputError, match="another recipe"):
        train(
            texts,
            network,
            training,
            tmp_path / "killed",
            function=function,
            identity="b",
        )


def test_a_text_too_short_is_refused(texts, tmp_path):
    with pytest.raises(InputError, match="columns"):
        train({**texts, "train": text(6, 0)}, Network([4, 4]), LM, tmp_path)


# --- AWD-LSTM's parts ---


def test_averages_are_those_of_pytorchs_asgd():
    start = torch.randn(5)
    gradients = torch.randn(8, 5)
    ours, theirs = (nn.Parameter(start.clone()) for _ in range(2))
    one = AveragedSGD([ours], lr=0.3, weight_decay=0.01)
    other = torch.optim.ASGD([theirs], lr=0.3, lambd=0, t0=0, weight_decay=0.01)
    one.average()
    for gradient in gradients:
        for weight, optimiser in ((ours, one), (theirs, other)):
            weight.grad = gradient.clone()
            optimiser.step()
    assert torch.allclose(ours, theirs, atol=1e-6)
    assert torch.allclose(one.state[ours]["ax"], other.state[theirs]["ax"], atol=1e-6)
    trained = ours.detach().clone()
    with averaged(one):
        assert torch.equal(ours, one.state[ours]["ax"])
    assert torch.equal(ours, trained)


def test_before_averaging_it_is_sgd_and_a_scale_holds_for_one_step():
    ours, theirs = (nn.Parameter(torch.ones(3)) for _ in range(2))
    one = AveragedSGD([ours], lr=0.3, weight_decay=0.1)
    other = torch.optim.SGD([theirs], lr=0.3, weight_decay=0.1)
    for scale in (1.0, 0.5, 1.0):
        ours.grad, theirs.grad = torch.ones(3), torch.ones(3)
        one.scale = scale
        other.param_groups[0]["lr"] = 0.3 * scale
        one.step(), other.step()
        assert one.scale == 1
    assert torch.allclose(ours, theirs)
    assert not one.averages
    assert not one.state


def test_the_trigger_waits_for_a_lag():
    losses = [5.0, 4.0, 3.9, 3.95, 3.94, 3.93, 3.92, 3.91, 3.905]
    began = [lags(losses[: n + 1], patience=5) for n in range(len(losses))]
    assert began.index(True) == 8  # the lowest more than five epochs before is 3.9
    assert not lags([1.0], patience=5)


def test_windows_are_cut_anew_and_hold_every_word_once_in_order():
    ids = np.arange(2, 1002) % TYPES
    stream = VariedStream(ids, start=1, batch=2, window=20, seed=3)
    lengths = []
    for epoch in (0, 1, 0):
        windows = list(stream.of_epoch(epoch))
        positions = torch.cat([window.positions for window in windows])
        assert positions[:, 0].tolist() == list(range(500))
        targets = torch.cat([window.targets for window in windows])
        assert targets[:, 1].tolist() == ids[500:].tolist()
        lengths.append([len(window.inputs) for window in windows])
        assert len(windows) == len(stream)
        assert min(lengths[-1][:-1]) >= 5
    assert lengths[0] == lengths[2] != lengths[1]
    assert 15 < np.mean(lengths[0]) < 25


def test_the_loss_has_both_penalties():
    model = PredefinedModel(
        TYPES, Network([4, 5, 4], tied=True), Drops(output=0.5, locked=True)
    )
    window = Stream(np.arange(2, 12), start=1, batch=2, window=5)[0]
    torch.manual_seed(1)
    found = RegularisedLoss(2.0, 1.0)(model, window, 0)
    torch.manual_seed(1)
    seen = {}
    output, _ = model(window.inputs, at_site=lambda site, x: seen.setdefault(site, x))
    raw = seen["lstm2"]
    assert found["activation_penalty"].item() == pytest.approx(
        2 * output.square().mean().item()
    )
    slow = (raw[1:] - raw[:-1]).square().mean().item()
    assert found["slowness_penalty"].item() == pytest.approx(slow)
    mean = (
        model.loss(output, window.targets).total_nats
        / (window.targets != IGNORED).sum()
    )
    assert found["loss_nats"].item() == pytest.approx(mean.item())
    one = Stream(np.arange(2, 4), start=1, batch=2, window=5)[0]
    assert RegularisedLoss(2.0, 1.0)(model, one, 0)["slowness_penalty"].item() == 0


def test_awd_trains_averages_and_is_finetuned(texts, tmp_path):
    network = lm_networks([6, 6, 6], [6, 9, 6], tied=True)["sparse"]
    found = train(texts, network, AWD, tmp_path, function=train_awd)
    assert found.summary["stage"].tolist() == ["trained", "finetuned"]
    assert found.summary["epochs"].tolist() == [4, 2]
    assert set(found.quality["stage"]) == {"trained", "finetuned"}
    curve = found.curve
    assert {"train_loss_nats", "train_activation_penalty", "train_total"} <= set(curve)
    trained, tuned = (
        curve[curve["stage"] == stage] for stage in ("trained", "finetuned")
    )
    assert trained["valid_loss_nats"].min() < trained["valid_loss_nats"].iloc[0]
    # Finetuning begins with the best weights.
    assert tuned["valid_loss_nats"].iloc[0] == pytest.approx(
        trained["valid_loss_nats"].min()
    )


def test_averaging_begins_when_validation_lags(texts, tmp_path, monkeypatch):
    began, plain = [], AveragedSGD.average

    def average(self):
        began.append(len(self.state))
        plain(self)

    monkeypatch.setattr(AveragedSGD, "average", average)
    monkeypatch.setattr(averaging, "lags", lambda losses, patience: len(losses) >= 2)
    training = {**AWD, "finetune_epochs": 0, "epochs": 3}
    train(texts, Network([4, 4], tied=True), training, tmp_path, function=train_awd)
    assert began == [0]


# --- the front, the checks ---


def test_the_front_has_perplexity_size_and_time(texts):
    own = {("lm", name): one for name, one in lm_networks([6, 6, 6], [6, 9, 6]).items()}
    quality = pd.DataFrame(
        {"stage": "trained", "split": ["train", "test"], "group": 0,
         "nats": [9.0, 20 * math.log(7)], "predictions": [9, 20]}
    )  # fmt: skip
    runs = {(*key, seed): quality for key in own for seed in (1, 2)}
    found = front(own, runs, TYPES)
    assert list(found.columns) == COLUMNS
    assert len(found) == 2 * 2 * 2
    assert found["test_perplexity"].tolist() == pytest.approx([7.0] * 8)
    assert (found["seconds_per_step"] > 0).all()
    assert found.groupby("variant")["parameters"].nunique().tolist() == [1, 1]
    assert list(front({}, {}, 0).columns) == COLUMNS


def test_the_checks_hold():
    found = checks()
    assert set(found["claim"]) == {"P1", "P2", "P3", "P13", "P14", "P23", "P24"}
    by_part = found.set_index("part")["value"]
    assert by_part.filter(like="ratio − 1").abs().max() < 1e-3
    assert by_part.filter(like="other sizes").max() <= 1
    assert by_part["whole dense model, millions"] == pytest.approx(24.22, abs=0.01)
    assert by_part["whole sparse model, millions"] == pytest.approx(23.82, abs=0.01)
    assert by_part.filter(like="solved").item() == 0
    assert by_part.filter(like="beyond").max() < 0
    assert by_part.filter(like="floats stored").max() <= 0.02


class Masked(nn.Module):
    """A dense layer that stores its zeros, and masks them."""

    def __init__(self, lstm, *, where):
        super().__init__()
        self.dense = lstm.dense()
        masks = [mask.float() for mask in lstm.masks()]
        if where == "buffers":
            self.register_buffer("of_input", masks[0])
            self.register_buffer("recurrent", masks[1])
        elif where == "attributes":
            self.of_input, self.recurrent = masks

    def forward(self, x):
        return self.dense(x)


def test_a_layer_that_stores_zeros_or_masks_saves_no_memory():
    sizes = (60, 60, 3, 0.555)
    sparse, x = SparseLSTM(*sizes[:2], blocks=3, density=0.555), torch.randn(3, 2, 60)
    weights, dense = lstm_weights(*sizes), nn.LSTM(60, 60)
    assert weights == sum(p.numel() for p in sparse.parameters())
    assert weights == sum(int(mask.sum()) for mask in sparse.masks()) + 8 * 60
    assert abs(memory_beyond(sparse, dense, x, weights)) <= 0.02
    share = weights / (4 * 60 * (60 + 60 + 2))
    beyond = {
        where: memory_beyond(Masked(sparse, where=where), dense, x, weights)
        for where in ("nowhere", "buffers", "attributes")
    }
    assert beyond["nowhere"] == pytest.approx(1 - share)
    # A mask for four floats of a weight: itself, its gradient, two moments.
    more = 4 * 60 * 120 / (4 * 4 * 60 * 122)
    assert beyond["buffers"] == pytest.approx(1 - share + more, abs=1e-3)
    assert beyond["attributes"] == pytest.approx(beyond["buffers"])


def test_an_embedding_that_stores_zeros_or_places_saves_less():
    ids, rows = torch.arange(500), embedding_rows(500, 20, 0.25).sum()
    sparse, dense = SparseEmbedding(500, 20, 0.25), nn.Embedding(500, 20)
    assert abs(memory_beyond(sparse, dense, ids, rows)) <= 0.02
    assert memory_beyond(nn.Embedding(500, 20), dense, ids, rows) > 0.7
    sparse.register_buffer("places", torch.arange(len(sparse.values)))
    # An index of eight bytes a value, beside four floats.
    assert memory_beyond(sparse, dense, ids, rows) == pytest.approx(0.125, abs=0.01)


# --- scripts ---


@pytest.mark.parametrize(
    ("rule", "training", "own"),
    [("train_predefined_lm", LM, lm_networks([6, 6, 6], [6, 9, 6])),
     ("train_predefined_lm", RECITE, recite_networks([8, 8, 8], [4, 4, 4])),
     ("train_predefined_awd", AWD, lm_networks([6, 6, 6], [6, 9, 6], tied=True))],
    ids=["lm", "recite", "awd"],
)  # fmt: skip
def test_the_scripts_train_and_measure(
    script, folder, texts, rule, training, own, request
):
    task = request.node.callspec.id
    paths = {}
    for split, part in texts.items():
        paths[split] = f"{split}.parquet"
        write_table(
            pd.DataFrame({"id": part.ids, "sentence": part.sentence}), paths[split]
        )
    paths["vocabulary"] = "vocabulary.parquet"
    write_table(pd.DataFrame({"id": np.arange(TYPES)}), paths["vocabulary"])
    outputs = {
        "weights": [f"{task}/{name}/best.safetensors" for name in own],
        **{part: [f"{task}/{name}/{part}.parquet" for name in own]
           for part in ("summary", "quality", "curve")},
    }  # fmt: skip
    plain = [network._asdict() for network in own.values()]
    script(
        rule,
        input=paths,
        output=outputs,
        params={"networks": plain, "training": training, "words": None, "device": "cpu",
                "threads": 1, "code": "0"},
        wildcards={"seed": "1"},
    )  # fmt: skip
    assert all(state.is_delivered for state in read_states("state"))
    script(
        "measure_predefined",
        input={"quality": outputs["quality"], "vocabulary": [paths["vocabulary"]]},
        output={"front": f"{task}/front.parquet", "checks": f"{task}/checks.parquet"},
        params={"networks": [((task, name), one._asdict()) for name, one in own.items()],
                "runs": [(task, name, 1) for name in own]},
    )  # fmt: skip
    found = read_table(f"{task}/front.parquet")
    assert len(found) == 2 * len(own)
    assert found["test_perplexity"].isna().all() == (task == "recite")
