"""Recording, per-word means and the store, against independent computations."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from ontogeny import activations
from ontogeny.activations.choosing import ChosenTokens
from ontogeny.activations.means import WordMeans
from ontogeny.activations.measuring import measure, write_recordings
from ontogeny.activations.recording import record
from ontogeny.activations.store import describe
from ontogeny.corpus.encoding import TOKENS
from ontogeny.errors import InputError
from ontogeny.models import IGNORED, LanguageModel
from ontogeny.training.callbacks import METADATA
from ontogeny.training.stream import Stream
from ontogeny.training.weights import load_weights

TYPES, UNITS, WORDS, WINDOW, BATCH = 12, 6, 61, 5, 3
SITES = ["embedding", "lstm1", "lstm2"]


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return LanguageModel(TYPES, embedding=UNITS, hidden=UNITS, dropout=0.3).double()


@pytest.fixture(scope="module")
def tokens():
    ids = np.random.default_rng(0).integers(0, TYPES, WORDS).astype(np.int32)
    place = np.arange(WORDS, dtype=np.int32)
    return pd.DataFrame({"id": ids, "document": place // 20, "sentence": place // 7})


@pytest.fixture(scope="module")
def stream(tokens):
    return Stream(tokens["id"].to_numpy(), start=1, batch=BATCH, window=WINDOW)


@pytest.fixture(scope="module")
def recorded(model, stream):
    return list(record(model, stream))


def by_hand(model, stream):
    """Activations and gradients by leaves at each layer's input, window by window."""
    model.eval()
    states = [None, None]
    found = {}
    for window in stream:
        e = model.embedding(window.inputs).detach().requires_grad_()
        h1, s1 = model.lstms[0](e, states[0])
        # A copy with its own gradient: what layer 2 reads, not layer 1's recurrence.
        r1 = h1.detach().requires_grad_()
        h2, s2 = model.lstms[1](r1, states[1])
        r2 = h2.detach().requires_grad_()
        logits = model.decoder(r2).detach().requires_grad_()
        targets = window.targets.flatten()
        cross_entropy(
            logits.flatten(0, 1), targets, reduction="sum", ignore_index=IGNORED
        ).backward()
        model.decoder(r2).backward(logits.grad)
        h2.backward(r2.grad)
        h1.backward(r1.grad)
        states = [tuple(x.detach() for x in s) for s in (s1, s2)]
        predicted = targets != IGNORED
        tensors = {
            ("activation", "embedding"): e,
            ("activation", "lstm1"): h1,
            ("activation", "lstm2"): h2,
            ("gradient", "embedding"): e.grad,
            ("gradient", "lstm1"): r1.grad,
            ("gradient", "lstm2"): r2.grad,
            ("gradient", "logits"): logits.grad,
        }
        for key, tensor in tensors.items():
            rows = tensor.detach().flatten(0, 1)[predicted]
            found.setdefault(key, []).append(rows)
    return {key: torch.cat(rows) for key, rows in found.items()}


def test_recording_has_the_gradients_of_the_definition(model, stream, recorded):
    """Each site's gradient is that of what the next layer reads (methods, names)."""
    expected = by_hand(model, stream)
    assert set(expected) == set(recorded[0].readings)
    for key, vectors in expected.items():
        readings = [recording.readings[key] for recording in recorded]
        l1 = torch.cat([reading.l1 for reading in readings])
        chi = torch.cat([reading.concentration for reading in readings])
        torch.testing.assert_close(l1, vectors.abs().sum(-1))
        torch.testing.assert_close(chi, vectors.norm(dim=-1) / vectors.abs().sum(-1))
        if key[1] != "logits":
            got = torch.cat([reading.vectors for reading in readings])
            torch.testing.assert_close(got, vectors)


def test_top_gradient_is_of_this_step_alone(model, stream, recorded):
    """h̄² = Wᵀ(p − onehot): the softmax passes down nothing from other steps."""
    h2 = torch.cat([r.readings["activation", "lstm2"].vectors for r in recorded])
    targets = torch.cat([r.targets for r in recorded])
    p = torch.softmax(model.decoder(h2), -1)
    p[torch.arange(len(p)), targets] -= 1
    expected = (p @ model.decoder.weight).detach()
    got = torch.cat([r.readings["gradient", "lstm2"].vectors for r in recorded])
    torch.testing.assert_close(got, expected)


def test_lower_gradient_has_later_steps_of_the_window_in_it(model, stream):
    """∂L/∂(what layer 2 reads at t), by finite differences of the window's loss."""
    window, epsilon = stream[0], 1e-6
    reading = next(iter(record(model, stream))).readings["gradient", "lstm1"]
    rows = (window.targets.flatten() != IGNORED).nonzero()[:, 0].tolist()
    time, column, unit = 1, 2, 4

    def loss(change):
        def at_site(site, activation):
            if site == "lstm1":
                activation = activation.clone()
                activation[time, column, unit] += change
            return activation

        output, _ = model(window.inputs, at_site=at_site)
        return model.loss(output, window.targets).total_nats.item()

    numeric = (loss(epsilon) - loss(-epsilon)) / (2 * epsilon)
    row = rows.index(time * BATCH + column)
    assert reading.vectors[row, unit].item() == pytest.approx(numeric, rel=1e-5)
    later = model.loss(model(window.inputs)[0], window.targets)
    assert later.nats[column].item() > 0


def test_recording_leaves_no_gradients_and_the_weights(model, stream):
    before = {name: w.clone() for name, w in model.state_dict().items()}
    list(record(model, stream))
    assert all(p.grad is None for p in model.parameters())
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, before[name])


def test_word_means_equal_a_loop_over_steps(recorded):
    means = WordMeans(TYPES, special=[0, 1])
    for recording in recorded:
        means.add(recording)
    table = means.table(epoch=4, step=9).set_index(["quantity", "site", "role", "word"])
    assert set(table["epoch"]) == {4}
    assert not set(table.index.get_level_values("word")) & {0, 1}
    for (quantity, site), role in [
        (("gradient", "lstm2"), "target"),
        (("activation", "lstm1"), "input"),
        (("gradient", "logits"), "target"),
    ]:
        chi, l1 = {}, {}
        for recording in recorded:
            words = recording.targets if role == "target" else recording.inputs
            reading = recording.readings[quantity, site]
            for word, c, n in zip(
                words.tolist(),
                reading.concentration.tolist(),
                reading.l1.tolist(),
                strict=True,
            ):
                chi.setdefault(word, []).append(c)
                l1.setdefault(word, []).append(n)
        rows = table.loc[(quantity, site, role)]
        assert set(rows.index) == set(chi) - {0, 1}
        for word, row in rows.iterrows():
            assert row["steps"] == len(chi[word])
            assert row["concentration"] == pytest.approx(np.mean(chi[word]))
            assert row["l1"] == pytest.approx(np.mean(l1[word]))


def test_zero_vectors_are_dropped_and_counted(model, stream):
    silent = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS).double()
    silent.embedding.weight.data[5] = 0
    means = WordMeans(TYPES, special=[0, 1])
    for recording in record(silent, stream):
        means.add(recording)
    table = means.table(epoch=0, step=0)
    inputs = table[(table["site"] == "embedding") & (table["role"] == "input")]
    row = inputs[(inputs["quantity"] == "activation") & (inputs["word"] == 5)].iloc[0]
    assert row["steps"] == 0
    assert row["zeros"] > 0
    assert np.isnan(row["concentration"])


def about(tokens):
    metadata = {"epoch": 2, "step": 7, "seed": 1}
    return {"rows": len(tokens), "vector_tokens": 20, "metadata": metadata}


@pytest.fixture(scope="module")
def dumped(tmp_path_factory, model, tokens, stream):
    folder = tmp_path_factory.mktemp("dump")
    names = [*SITES, "logits", "embedding_table"]
    files = {name: folder / f"{name}.parquet" for name in names}
    floats = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS)
    floats.load_state_dict(model.state_dict())
    write_recordings(floats, [tokens], lambda _: stream, files, **about(tokens))
    return files, list(record(floats, stream))


def test_store_gives_back_what_was_recorded(dumped, tokens):
    files, recorded = dumped
    positions = torch.cat([r.positions for r in recorded])
    kept = (positions < 20).numpy()
    found = activations.open(files["lstm2"])
    assert found.tokens["position"].tolist() == positions[kept].tolist()
    for quantity, array in (
        ("activation", found.activation),
        ("gradient", found.gradient),
    ):
        vectors = torch.cat([r.readings[quantity, "lstm2"].vectors for r in recorded])
        assert array.dtype == np.float32
        assert np.array_equal(array, vectors[torch.from_numpy(kept)].numpy())
    place = tokens.iloc[found.tokens["position"]]
    assert (found.tokens["target"].to_numpy() == place["id"].to_numpy()).all()
    assert (found.tokens["document"].to_numpy() == place["document"].to_numpy()).all()
    assert found.metadata == {
        "epoch": 2,
        "rows": WORDS,
        "seed": 1,
        "site": "lstm2",
        "step": 7,
    }


def test_statistics_are_kept_for_every_token(dumped):
    files, recorded = dumped
    everything = pq.read_table(files["lstm1"]).to_pandas()
    chi = torch.cat([r.readings["gradient", "lstm1"].concentration for r in recorded])
    assert len(everything) == WORDS
    np.testing.assert_array_equal(everything["gradient_concentration"], chi.numpy())
    assert everything["example"].isna().all()


def test_embedding_is_stored_once_and_logits_as_statistics(dumped, model):
    files, _ = dumped
    assert activations.open(files["embedding"]).activation is None
    logits = activations.open(files["logits"])
    assert logits.activation is None
    assert logits.gradient is None
    assert len(logits.tokens) == WORDS
    table = activations.open(files["embedding_table"])
    np.testing.assert_array_equal(
        table.activation, model.embedding.weight.float().numpy()
    )


def test_store_is_deterministic(dumped, tmp_path, model, tokens, stream):
    files, _ = dumped
    again = {name: tmp_path / path.name for name, path in files.items()}
    floats = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS)
    floats.load_state_dict(model.state_dict())
    write_recordings(floats, [tokens], lambda _: stream, again, **about(tokens))
    for name, path in files.items():
        assert path.read_bytes() == again[name].read_bytes()


@pytest.mark.parametrize("cut", [10, 500])
def test_truncated_store_is_an_error_with_a_remedy(dumped, tmp_path, cut):
    data = dumped[0]["lstm2"].read_bytes()
    path = tmp_path / "lstm2.parquet"
    path.write_bytes(data[:-cut])
    with pytest.raises(InputError, match=r"lstm2\.parquet is truncated or damaged"):
        activations.open(path)


def test_bit_flip_in_a_page_is_detected(dumped, tmp_path):
    data = bytearray(dumped[0]["lstm2"].read_bytes())
    column = pq.ParquetFile(dumped[0]["lstm2"]).metadata.row_group(0).column(8)
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 4
    path = tmp_path / "lstm2.parquet"
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        activations.open(path)


def test_nothing_is_left_when_measuring_fails(tmp_path, model, tokens, stream):
    broken = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS)
    files = {"lstm1": tmp_path / "lstm1.parquet", "embedding_table": tmp_path / "t"}
    twice = {**about(tokens), "rows": 2 * len(tokens)}
    with pytest.raises(RuntimeError, match="61 rows written, 122 expected"):
        write_recordings(broken, [tokens], lambda _: stream, files, **twice)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def text(tmp_path):
    """A split of ten documents of ten tokens, in row groups that cut them."""
    table = pa.table(
        [np.arange(100), np.repeat(np.arange(10), 10) * 3, np.arange(100) // 5],
        schema=TOKENS,
    )
    pq.write_table(table, tmp_path / "test.parquet", row_group_size=17)
    return tmp_path / "test.parquet"


def chosen(*arguments, **options):
    return pd.concat(ChosenTokens(*arguments, **options))


def test_chosen_tokens_are_whole_documents_the_same_each_time(text):
    found = ChosenTokens(text, 45, seed=0)
    assert found.rows == 40
    (tokens,) = found
    assert (tokens.groupby("document").size() == 10).all()
    assert tokens["id"].tolist() == sorted(tokens.index)
    assert tokens.equals(chosen(text, 45, seed=0))
    assert not tokens.equals(chosen(text, 45, seed=1))
    assert chosen(text, 100)["id"].tolist() == list(range(100))


def test_a_document_that_does_not_fit_is_cut(text):
    found = ChosenTokens(text, 7)
    assert found.rows == 7
    assert chosen(text, 7)["document"].nunique() == 1
    assert len(chosen(text, 7)) == 7


@pytest.mark.parametrize(("limit", "piece"), [(100, 1), (100, 10), (100, 25), (70, 33)])
def test_pieces_are_of_whole_documents_and_make_up_the_text(text, limit, piece):
    pieces = list(ChosenTokens(text, limit, piece=piece))
    assert len(pieces) > 1
    assert pd.concat(pieces).equals(chosen(text, limit))
    documents = [set(one["document"]) for one in pieces]
    assert sum(map(len, documents)) == len(set.union(*documents))
    assert all(len(one) < piece + 10 for one in pieces)


def test_a_text_in_pieces_is_measured_as_its_pieces_are(tmp_path, model, tokens):
    """Counts add up, means are weighted by them, files hold the rows of both."""
    layout = partial(Stream, start=1, batch=2, window=4)
    first = tokens[tokens["document"] == tokens["document"].iloc[0]]
    pieces = [first, tokens.drop(first.index)]
    when = {"epoch": 0, "step": 0}
    together = measure(model, pieces, layout, [0, 1], **when)
    apart = [measure(model, [one], layout, [0, 1], **when) for one in pieces]
    key = ["site", "quantity", "role", "word"]
    summed = pd.concat(
        [one.assign(l1=one["l1"].fillna(0) * one["steps"]) for one in apart]
    )
    summed = summed.groupby(key)[["steps", "zeros", "l1"]].sum()
    found = together.set_index(key).loc[summed.index]
    np.testing.assert_array_equal(found["steps"], summed["steps"])
    np.testing.assert_allclose(
        found["l1"].fillna(0) * found["steps"], summed["l1"], rtol=1e-12
    )

    floats = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS)
    files = {"lstm1": tmp_path / "lstm1.parquet", "embedding_table": tmp_path / "t"}
    kept = len(first) + 3
    sizes = {**about(tokens), "vector_tokens": kept}
    write_recordings(floats, pieces, layout, files, **sizes)
    recorded = activations.open(files["lstm1"]).tokens
    assert sorted(recorded["position"]) == tokens.index[:kept].tolist()
    described = describe(files).set_index("site")
    assert described.loc["lstm1", ["rows", "vector_units"]].tolist() == [WORDS, UNITS]
    assert described.loc["embedding_table", "rows"] == TYPES


def checkpoint(path, change=None):
    weights = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS).state_dict()
    if change is not None:
        weights["decoder.bias"][0] = change
    save_file(weights, path, {METADATA: json.dumps({"epoch": 3, "step": 40})})


def test_weights_come_with_epoch_and_step(tmp_path):
    checkpoint(tmp_path / "a.safetensors")
    model = LanguageModel(TYPES, embedding=UNITS, hidden=UNITS)
    assert load_weights(model, tmp_path / "a.safetensors") == (3, 40)


@pytest.mark.parametrize("size", [0, 100, 3000])
def test_truncated_checkpoint_is_an_error_that_names_it(tmp_path, size):
    path = tmp_path / "a.safetensors"
    checkpoint(path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match=r"a\.safetensors is truncated or damaged"):
        load_weights(LanguageModel(TYPES, embedding=UNITS, hidden=UNITS), path)


def test_checkpoint_of_another_model_or_with_nan_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    checkpoint(path)
    other = r"of another model than the config's \(size mismatch for embedding\.weight"
    with pytest.raises(InputError, match=other):
        load_weights(LanguageModel(TYPES + 1, embedding=UNITS, hidden=UNITS), path)
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(InputError, match="is no checkpoint of ours"):
        load_weights(LanguageModel(TYPES, embedding=UNITS, hidden=UNITS), path)
    checkpoint(path, change=float("nan"))
    with pytest.raises(InputError, match=r"decoder\.bias holds NaN"):
        load_weights(LanguageModel(TYPES, embedding=UNITS, hidden=UNITS), path)


def test_what_is_no_file_of_activations_is_told_and_not_to_be_deleted(tmp_path):
    path = tmp_path / "own.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(InputError, match="Parquet, but no file of activations") as told:
        activations.open(path)
    assert "delete" not in str(told.value)
    with pytest.raises(InputError, match="is a folder, not a file") as told:
        activations.open(tmp_path)
    assert "delete" not in str(told.value)
