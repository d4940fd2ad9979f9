"""The scripts of the study of lottery tickets, in their order, and what they make."""

import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from test_probing import Kinds

from ontogeny.disk.files import read_table
from ontogeny.errors import InputError
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.running.states import read_states
from ontogeny.running.sums import keep_sums
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import PROBE_TABLES, TABLES
from ontogeny.studies.lottery.probe_settings import Probes
from ontogeny.studies.lottery.settings import Lottery
from ontogeny.studies.lottery.texts import encode_texts, read_files, read_text
from ontogeny.studies.lottery.translating import translate_models
from ontogeny.studies.lottery.translator import Translator, load_ticket
from ontogeny.tasks.probing import registry

SUBWORDS_FILE = "texts/subwords.json"
TEXTS = {"train": 160, "valid": 50, "flickr": 12}
STUDY = Lottery(
    subwords=60,
    model={"layers": 2, "d": 8, "heads": 2, "inner": 12, "dropout": 0.1, "norm": "pre"},
    batch=120,
    epochs=4,
    retrain_epochs=1,
    learning_rate=5e-3,
    warmup=None,
    prunings_at_once=4,
    chains={"magnitude": 2, "shuffled": 1, "rewound": 1},
    curve_pairs=6,
    beam=2,
    measured_pairs=45,
    resamples=100,
)
MACHINE = {"device": "cpu", "threads": 1, "code": ""}


def write_pairs(folder, count, start=0):
    """Sentences of a small language, and the same backwards in another one."""
    nouns, verbs = ["dog", "cat", "bird", "man", "boat"], ["sees", "eats", "calls"]
    rows = []
    for n in range(start, start + count):
        one = ["the", nouns[n % 5], verbs[n % 3], *["a"] * (n % 2), nouns[n * 7 % 5]]
        rows.append(one)
    sides = {
        "en": [" ".join(row) for row in rows],
        "xx": [" ".join(word[::-1] for word in reversed(row)) for row in rows],
    }
    for side, lines in sides.items():
        (folder / f"{start}.{side}").write_text("\n".join(lines) + "\n")
    return [str(folder / f"{start}.{side}") for side in sides]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    starts = (0, 1_000, 2_000)
    return {
        name: write_pairs(folder, count, start)
        for (name, count), start in zip(TEXTS.items(), starts, strict=True)
    }


def read_words(texts):
    files = [file for sides in texts.values() for file in sides]
    return read_files(list(texts), files, lowercase=False)


def encode(script, texts):
    script(
        "encode_pairs",
        input=[file for sides in texts.values() for file in sides],
        output={
            "subwords": SUBWORDS_FILE,
            "counts": "counts.parquet",
            "texts": [f"{name}.parquet" for name in TEXTS],
        },
        params={"texts": list(TEXTS), "reader": "files", "words": {"lowercase": False},
                "encoding": STUDY.encoding()},
    )  # fmt: skip


def train(script, chain, iterations, other=(), **changed):
    numbers = range(1, iterations + 1)
    weights = [f"{chain}/seed1/ticket{n}.safetensors" for n in numbers]
    dense = [
        f"dense/seed1/{name}.safetensors"
        for name in ("ticket0", "moments0", "ticket_rewound", "moments_rewound")
    ]
    read = {"train": "train.parquet", "valid": "valid.parquet"}
    read |= {"subwords": SUBWORDS_FILE}
    script(
        "train_lottery",
        input=read | {"dense": dense, "other": list(other)},
        output={"curve": f"{chain}/seed1/curve.parquet",
                "weights": weights or dense},
        params={"training": STUDY.training() | changed, "chain": chain, "iterations": iterations,
                "prunings_at_once": 4, **MACHINE},
        wildcards={"seed": "1"},
    )  # fmt: skip
    return weights or dense


def test_from_texts_to_tables(script, folder, texts, monkeypatch):
    encode(script, texts)
    counts = read_table("counts.parquet").set_index("text")
    assert counts["pairs"].to_dict() == TEXTS
    (*dense, _, _, _) = train(script, "dense", 0)
    magnitude = train(script, "magnitude", 2)
    shuffled = train(script, "shuffled", 1, magnitude[:1])
    rewound = train(script, "rewound", 1)

    curve = read_table("magnitude/seed1/curve.parquet")
    assert curve["prunings"].tolist() == [4, 4, 8, 8]
    assert curve["iteration"].tolist() == [1, 1, 2, 2]
    steps = read_table("dense/seed1/curve.parquet")["step"].iloc[-1]
    assert curve["step"].tolist() == [steps * k // 4 for k in (4, 5, 5, 6)]
    assert curve["schedule_step"].tolist() == [steps * 3 // 4, steps] * 2
    assert curve["valid_bleu"].between(0, 100).all()
    # From weights of the same step on another way: neither LTH0's nor magnitude's.
    ends = [
        read_table(f"{name}/seed1/curve.parquet")["valid_loss_nats"].iloc[1]
        for name in ("magnitude", "rewound", "shuffled")
    ]
    assert len(set(ends)) == 3

    tokens = {"beam": 2, "length_penalty": 0.6, "test_pairs": 10, "tokenize": "none"}
    tokens |= {"detokenize": None}
    script(
        "translate_lottery",
        input={"texts": ["flickr.parquet"], "subwords": SUBWORDS_FILE,
               "models": magnitude},
        output={"quality": "quality.parquet", "sentences": "sentences.parquet"},
        params={"tests": ["flickr"], "decoding": tokens, "batch": 120,
                "prunings_at_once": 4, **MACHINE},
    )  # fmt: skip
    quality, sentences = map(read_table, ("quality.parquet", "sentences.parquet"))
    assert quality["prunings"].tolist() == [4, 8]
    assert quality["pairs"].tolist() == [10, 10]
    assert sentences.groupby("prunings")["pair"].nunique().tolist() == [10, 10]
    script(
        "measure_lottery_masks",
        input={"models": [*dense, *magnitude, *shuffled, *rewound],
               "subwords": SUBWORDS_FILE},
        output={"modules": "modules.parquet", "overlaps": "overlaps.parquet"},
        params={
            "runs": [("dense", 1), *[("magnitude", 1)] * 2, ("shuffled", 1),
                     ("rewound", 1)],
            "prunings_at_once": 4,
        },
    )  # fmt: skip
    modules = read_table("modules.parquet")
    shares = modules.groupby(["chain", "prunings"])[["pruned", "weights"]].sum()
    shares = shares["pruned"] / shares["weights"]
    assert shares["dense", 0] == 0
    assert shares["magnitude", 4] == pytest.approx(1 - 0.8**4, abs=1e-3)
    assert shares["magnitude", 8] == pytest.approx(1 - 0.8**8, abs=1e-3)
    columns = ["stack", "layer", "kind", "matrix", "pruned"]
    own = modules[modules["prunings"] == 4].set_index("chain")[columns]
    same = own.loc["shuffled"].reset_index(drop=True)
    assert same.equals(own.loc["magnitude"].reset_index(drop=True))
    # Of the rewound chain the first mask is that of magnitude: LTH0 is the same.
    overlaps = read_table("overlaps.parquet").set_index(["chain", "other_chain"])
    assert overlaps.loc[("magnitude", "rewound"), "overlap"] == 1

    for compared, models in (
        ("magnitude", magnitude),
        ("another", dense),
        ("untrained", []),
    ):
        script(
            "measure_lottery",
            input={"train": "train.parquet", "valid": "valid.parquet",
                   "others": ["flickr.parquet"], "subwords": SUBWORDS_FILE,
                   "dense": dense[0], "models": models},
            output={name: f"{compared}_{name}.parquet" for name in TABLES},
            params={"model": STUDY.model.model_dump(), "measuring": STUDY.measuring(),
                    "tagged": [], "semantics": ""},
            wildcards={"compared": compared, "seed": "1"},
        )  # fmt: skip
    check_probes(script, dense[0], magnitude[0], monkeypatch)
    assert all(state.is_delivered for state in read_states(folder / "state"))
    check_measures()


def check_probes(script, dense, ticket, monkeypatch):
    """Tasks are read once, and all models asked side by side."""
    made = ModuleType(f"{registry.PACKAGE}.made")
    made.Kinds = Kinds
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setattr(registry, "TASKS", {"made": {"kinds": "made.Kinds"}})
    script(
        "encode_probes",
        input={"kinds_train": [], "kinds_valid": [], "kinds_test": [],
               "subwords": SUBWORDS_FILE},
        output={"tasks": "tasks.parquet", "read": ["read.parquet"],
                "asked": ["asked.parquet"]},
        params={"texts": "made", "tasks": ["kinds"], "longest": 50,
                "selection": {"words": 80, "validation_words": 50, "moses": None}},
    )  # fmt: skip
    asking = Probes(controls=False, probe_seeds=2, hidden=4).asking()
    script(
        "probe_lottery",
        input={"tasks": "tasks.parquet", "read": ["read.parquet"],
               "asked": ["asked.parquet"], "subwords": SUBWORDS_FILE,
               "models": [dense, ticket]},
        output={name: f"{name}.parquet" for name in PROBE_TABLES},
        params={"dealt": ["kinds"], "positive": {}, "asking": asking, "control": False,
                "probed": [("dense", 0), ("magnitude", 4), ("untrained", 0)],
                "model": STUDY.model.model_dump(), "batch": 120, **MACHINE},
        wildcards={"seed": "1"},
    )  # fmt: skip
    probes = read_table("probes.parquet")
    models = probes[["chain", "prunings"]].drop_duplicates().to_numpy().tolist()
    assert models == [["dense", 0], ["magnitude", 4], ["untrained", 0]]
    assert len(read_table("probe_seeds.parquet")) == 4 * 2


def check_measures():
    """Columns are those that the contract names, and a model is itself."""
    for name in TABLES:
        told = Inputs.__doc__.split(f"        {name}: ")[1].split("\n        ")[0]
        for compared in ("magnitude", "another", "untrained"):
            table = read_table(f"{compared}_{name}.parquet")
            assert "prunings" in table or "prunings_a" in table
            for column in table:
                assert column in Inputs.__doc__, (name, column, told)
    layers = read_table("magnitude_layers.parquet")
    same = layers[
        (layers["prunings_b"] == 0) & (layers["layer_a"] == layers["layer_b"])
    ]
    assert same["similarity"].to_numpy() == pytest.approx(1)
    # Layers 1 and 2 of LTH0 and each ticket, and all four pairs of two models.
    assert len(layers) == 2 * (1 + 2 + 2 * (1 + 4) + 4)
    another = read_table("another_layers.parquet")
    assert len(another) == 2 * 4
    diagonal = another[another["layer_a"] == another["layer_b"]]
    assert diagonal["similarity"].to_numpy() == pytest.approx(1)  # the same model here
    untrained = read_table("untrained_layers.parquet")
    assert (untrained["similarity"] < 0.99).any()
    maps = read_table("untrained_attention.parquet")
    plain, adjusted = (
        maps[(maps["kind"] == "decoder_self") & (maps["adjusted"] == taken)]
        for taken in (False, True)
    )
    assert plain["similarity"].min() > adjusted["similarity"].max()


def test_a_longer_chain_goes_on_from_a_shorter_one(script, folder, texts):
    encode(script, texts)
    train(script, "dense", 0)
    before = {*(folder / "state").iterdir()}
    train(script, "random", 1)
    first = (folder / "random/seed1/ticket1.safetensors").read_bytes()
    (state,) = {*(folder / "state").iterdir()} - before
    done = (state / "iteration1" / "state.pt").stat().st_mtime_ns
    train(script, "random", 2)
    assert (state / "iteration1" / "state.pt").stat().st_mtime_ns == done
    assert (folder / "random/seed1/ticket1.safetensors").read_bytes() == first


def test_a_ticket_translates(script, folder, texts):
    encode(script, texts)
    train(script, "dense", 0)
    translator = load_ticket("dense/seed1/ticket0.safetensors", SUBWORDS_FILE)
    sentences = ["the dog sees a cat", "the man eats boat"]
    found = translator.translate(sentences, beam=1)
    assert len(found) == 2
    assert translator.translate(sentences[::-1], beam=1) == found[::-1]
    assert translator.masks is None
    assert translator.translate([]) == []
    with pytest.raises(InputError, match="Sentence 2 has no word"):
        translator.translate(["the dog", " "])
    with pytest.raises(InputError, match="a list of sentences: found one text"):
        translator.translate("the dog")
    with pytest.raises(InputError, match="Sentence 1 is no text, but list"):
        translator.translate([["the", "dog"]])


def test_a_ticket_of_other_subwords_is_told(script, folder, texts):
    encode(script, texts)
    train(script, "dense", 0)
    ticket, words = "dense/seed1/ticket0.safetensors", read_words(texts)
    other = encode_texts(words, subwords=50, longest=250, pairs=None)
    other.subwords.save("other.json")
    with pytest.raises(InputError, match=r"other.json \(50 .* are of different runs"):
        load_ticket(ticket, "other.json")
    # As many, but learned from another text.
    lines = Path(texts["train"][0]).read_text()
    Path("other.en").write_text(lines.replace("dog", "god"))
    others = texts | {"train": ["other.en", texts["train"][1]]}
    other = encode_texts(read_words(others), subwords=60, longest=250, pairs=None)
    other.subwords.save("other.json")
    assert len(other.subwords) == len(load_ticket(ticket, SUBWORDS_FILE).subwords)
    with pytest.raises(InputError, match="are of different runs"):
        load_ticket(ticket, "other.json")


def test_what_is_no_ticket_or_not_as_it_was_written_is_told(script, folder, texts):
    encode(script, texts)
    train(script, "dense", 0)
    with pytest.raises(InputError, match=r"moments0\.safetensors is no ticket"):
        load_ticket("dense/seed1/moments0.safetensors", SUBWORDS_FILE)
    ticket = folder / "dense/seed1/ticket0.safetensors"
    shutil.copy(ticket, "alone.safetensors")
    with pytest.raises(InputError, match=r"No subwords are known for alone"):
        load_ticket("alone.safetensors")
    assert load_ticket("alone.safetensors", SUBWORDS_FILE).iteration == 0
    keep_sums([ticket])
    data = bytearray(ticket.read_bytes())
    data[-5] ^= 128  # a sign
    ticket.unlink()  # its bytes are those of the state
    ticket.write_bytes(data)
    with pytest.raises(InputError, match="is not what the workflow wrote"):
        load_ticket(ticket, SUBWORDS_FILE)


def test_a_warm_up_beyond_the_rewinding_leaves_no_state(script, folder, texts):
    encode(script, texts)
    before = {*(folder / "state").glob("*")}
    with pytest.raises(InputError, match="warmup: 100000 steps end after"):
        train(script, "dense", 0, warmup=100_000)
    assert {*(folder / "state").glob("*")} == before


def test_a_pair_longer_than_a_batch_is_told_with_its_text(script, folder, texts):
    encode(script, texts)
    with pytest.raises(InputError, match=r"train: Pair \d+ has \d+ subwords"):
        train(script, "dense", 0, batch=3)


def test_texts_are_written_as_they_are_read(texts, tmp_path):
    words = read_words(texts)
    found = encode_texts(words, pairs=100, subwords=60, longest=12)
    table = found.tables["train"]
    assert len(table) + found.counts.set_index("text").loc["train", "dropped"] == 100
    for row in table.to_pylist():
        assert found.subwords.decode(row["source"]) == row["source_words"]
        assert row["source_words"] == words["train"]["source"][row["pair"]].as_py()
        assert max(len(row["source"]), len(row["target"])) <= 12
    from ontogeny.disk.files import write_table

    write_table(table, tmp_path / "train.parquet")
    again = read_text(tmp_path / "train.parquet")
    assert again.to_pylist() == table.to_pylist()


def test_words_are_put_together_before_they_are_scored(texts):
    words = read_words(texts)
    found = encode_texts(words, pairs=100, subwords=60, longest=99)
    text = found.tables["flickr"]

    class Copies(Translator):
        """Says what is wanted, if the blanks before marks are taken off."""

        def translate(self, sentences, **how):
            return [" ".join(row) + " ." for row in text["target_words"].to_pylist()]

    torch.manual_seed(0)
    model = EncoderDecoder(len(found.subwords), **STUDY.model.model_dump())
    copies = Copies(model.eval(), found.subwords, None, 0)
    decoding = {"beam": 1, "length_penalty": 0.6, "test_pairs": None}
    scores = {}
    for language in (None, "de"):
        how = {**decoding, "detokenize": language, "tokenize": "none"}
        quality, sentences = translate_models(
            [copies], {"t": text}, how, batch=200, prunings_at_once=1
        )
        scores[language] = quality["bleu"].item()
        said = sentences["translation"]
        assert said.str.endswith(" ." if language is None else ".").all()
    # Glued to a word, a mark makes it another; apart it is one word too many.
    assert scores["de"] < scores[None] < 100
