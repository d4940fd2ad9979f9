"""Settings: every mistake is named, every shipped config is valid."""

import copy
import inspect
import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from ontogeny.cli import main as ontogeny
from ontogeny.errors import InputError
from ontogeny.settings import (
    Settings,
    check_sources,
    read_datasets,
    read_mapping,
    read_settings,
)

CONFIG = Path(__file__).parents[2] / "config"
CONFIGS = sorted(
    path
    for path in CONFIG.glob("*.yaml")
    if path.stem not in ("schema", "datasets", "models")
)
GOOD = {"name": "a", "corpus": {"format": "generated", "tokens": 1000}}
OCCURRENCES = r"scaffold\.occurrences: must be at least `copies` \(10\), found {}\.$"
DATASETS = read_datasets(CONFIG / "datasets.yaml")


def changed(key, value):
    """The good config with one key set, such as "lm.epochs"."""
    config = copy.deepcopy(GOOD)
    *sections, last = key.split(".")
    inner = config
    for section in sections:
        inner = inner.setdefault(section, {})
    inner[last] = value
    return config


def own_files(folder, **more):
    return {"name": "a", "corpus": {"format": "text", "files": [str(folder)], **more}}


def test_the_good_config_is_good_and_defaults_are_the_papers():
    settings = read_settings(GOOD)
    lm, sparsity = settings.lm, settings.sparsity
    assert (lm.embedding, lm.hidden, lm.layers, lm.dropout) == (200, 200, 2, 0.2)
    assert (lm.batch, lm.window, lm.epochs) == (40, 35, 50)
    assert (lm.learning_rate, lm.divide_by, lm.clip_norm) == (20, 4, 0.25)
    assert settings.corpus.min_count == 100
    assert settings.corpus.splits.model_dump() == {"train": 70, "valid": 10, "test": 20}
    assert sparsity.figure2_min_count == 100_000
    assert sparsity.figure5_min_count == 1_000
    assert (sparsity.class_min_count, sparsity.matched_words) == (100, 120)


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("seed", "seeds"),
        ("corpus.min_cout", "min_count"),
        ("corpus.splits.validation", "valid"),
        ("lm.learning-rate", "learning_rate"),
        ("measuring.vectors_epoch", "vector_epochs"),
    ],
)
def test_an_unknown_key_names_the_nearest(key, nearest):
    with pytest.raises(InputError) as error:
        read_settings(changed(key, 1))
    assert str(error.value) == f"Config: unknown key {key}; did you mean {nearest}?"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("scaffold.epochs", "scaffold.model.epochs"),
        ("scaffold.variants.epochs", "scaffold.model.epochs"),
        ("scaffold.variants.momentun", "momentum"),
        ("interdependence.epochs", "interdependence.lm.epochs"),
        ("batch", "lm.batch or lottery.batch"),
        ("epochs", "lm.epochs or svcca.epochs or lottery.epochs"),
    ],
)
def test_a_key_in_the_wrong_section_is_told_where_it_belongs(key, meant):
    with pytest.raises(InputError) as error:
        read_settings(changed(key, 1))
    assert str(error.value) == f"Config: unknown key {key}; did you mean {meant}?"


def test_an_unknown_key_like_none_lists_the_known():
    with pytest.raises(
        InputError, match=r"unknown key lm\.qqq; known: embedding, hidd"
    ):
        read_settings(changed("lm.qqq", 1))


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({}, "name"),
        ({"name": "a"}, "corpus"),
        ({"name": "a", "corpus": {}}, "corpus.format"),
    ],
)
def test_a_missing_key_is_named(config, key):
    with pytest.raises(InputError, match=rf"^Config: the key {key} is missing\.$"):
        read_settings(config)


def test_keys_may_come_from_a_mapping_named_before(tmp_path):
    path = tmp_path / "merged.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n")
    assert read_mapping(path)["b"] == {"x": 3, "y": 2}


def test_a_misspelt_required_key_is_told_as_such():
    config = {"names": "a", "corpus": GOOD["corpus"]}
    with pytest.raises(InputError, match=r"unknown key names; did you mean name\?"):
        read_settings(config)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 3),
        ("seeds", 1),
        ("seeds", []),
        ("threads", 0),
        ("device", "tpu"),
        ("corpus.format", "docx"),
        ("corpus.tokens", "many"),
        ("corpus.min_count", 0),
        ("corpus.language_seed", -1),
        ("corpus.language_seed", 1.5),
        ("corpus.splits.test", 0),
        ("lm", None),
        ("lm.layers", 3),
        ("lm.dropout", 1),
        ("lm.epochs", 1.5),
        ("lm.learning_rate", float("nan")),
        ("measuring.splits", ["dev"]),
        ("sparsity.resamples", 10),
    ],
)
def test_a_wrong_value_names_its_key(key, value):
    with pytest.raises(InputError) as error:
        read_settings(changed(key, value))
    assert re.match(rf"Config: {re.escape(key)}(\.\d+)?: ", str(error.value))
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("seeds", [1, 2, 1], "Config: seeds must be different"),
        ("seeds", [-1], "seeds must lie between 0 and 4294967295"),
        ("scaffold.seeds", [1, 1], "Config: scaffold.seeds must be different"),
        ("interdependence.seeds", [-1], "Config: interdependence.seeds must lie"),
        ("seeds", [], "seeds: needs at least one entry, found"),
        ("lm", None, "lm: must hold `key: value` pairs, found None"),
        ("studies", ["sparsity", "sparsity"], "studies must be different"),
        ("lm.layers", 1, r"lm\.layers: sparsity in studies speaks of two"),
        ("interdependence.text", "official", "needs corpus.dataset"),
        ("scaffold.both_at", 500, r"scaffold\.both_at: must be one of"),
        ("scaffold.occurrences", [0, 1000], OCCURRENCES.format(0)),
        ("scaffold.occurrences", [-10, 1000], OCCURRENCES.format(-10)),
        ("scaffold.types", 10, r"scaffold\.types: 10 words .* of 2 for 100 scaffolds"),
        ("scaffold.items", 499_900, "1,000 words .* of 2 for 500,343 scaffolds"),
        ("scaffold.model.batch", 500_001, r"Config: scaffold\.model\.batch: 500,001 c"),
        ("scaffold.occurrences", [1000, 30], r"scaffold\.occurrences: must ascend"),
        ("scaffold.lengths", [1], "at least 2: one word"),
        ("scaffold.lengths", [2, 9], "scaffold: length 9, .*do not fit apart"),
        (
            "scaffold.copies",
            7,
            r"Config: scaffold\.occurrences: 30 are no multiple of 7",
        ),
        ("name", "My Corpus", "lowercase"),
        ("name", "data", "names a folder"),
        ("name", "benchmarks", "names a folder"),
        ("name", "a/b", "names a folder"),
        ("name", "tiny_control", "not end in `_control`"),
        ("corpus.files", ["a.txt"], "needs tokens, and nothing else"),
        ("corpus.tokens", None, "needs tokens"),
        ("corpus", {"format": "text"}, "needs files or dataset"),
        (
            "corpus",
            {"format": "text", "files": ["a"], "dataset": "b"},
            "needs files or",
        ),
        ("corpus", {"format": "text", "files": ["a"], "tokens": 5}, "nothing else"),
        ("measuring.vector_epochs", [51], "there is no epoch 51"),
        ("measuring.vector_epochs", [-2], "there is no epoch -2"),
        ("measuring.splits", ["test", "test"], "different splits"),
        ("measuring.shards", 52, "there are 51 epochs to measure, .* for 52 jobs"),
    ],
)
def test_settings_that_contradict_each_other_are_told(key, value, message):
    with pytest.raises(InputError, match=message):
        read_settings(changed(key, value))


def test_one_layer_will_do_where_no_study_speaks_of_two():
    settings = read_settings({**changed("lm.layers", 1), "studies": ["scaffold"]})
    assert settings.lm.layers == 1


def test_only_a_generated_corpus_has_a_control_language(tmp_path):
    with pytest.raises(InputError, match="control: true needs"):
        read_settings({**own_files(tmp_path), "control": True})


def test_any_corpus_is_shuffled_for_the_studies_that_can_be_asked_of_it(tmp_path):
    own = {**own_files(tmp_path), "control": "shuffled"}
    assert read_settings(own).controlled() == ["sparsity", "svcca"]
    mini = {**GOOD, "control": True, "studies": ["scaffold", "interdependence"]}
    assert read_settings(mini).controlled() == ["interdependence"]
    for wrong, said in (
        (own | {"studies": ["scaffold"]}, "studies sparsity and svcca: name one"),
        (own | {"control": "shufled"}, "control: give true, false or shuffled"),
        ({**GOOD, "control": "shuffled", "svcca": {"upos": "gold"}}, "upos: silver"),
    ):
        with pytest.raises(InputError, match=said):
            read_settings(wrong)


# The shipped files


NOT_SHIPPED = {
    "wikipedia": r"'wikipedia/\*\.parquet' matches no file",
    "wmt16": r"'wmt16/train\.en' matches no file",
    **dict.fromkeys(("ptb", "bayes"), r"ptb/ptb\.train\.txt has no url"),
    "rnn_gpu": r"ag_news/train\.csv is not there .* docs/data.md says what to bring",
}
"""Files of texts that a user must bring."""


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_is_valid(path):
    settings = read_settings(yaml.safe_load(path.read_text()))
    stem = path.stem.replace("-", "_")
    assert settings.name == ("mini" if stem == "config" else stem)
    if stem in NOT_SHIPPED:
        with pytest.raises(InputError, match=NOT_SHIPPED[stem]):
            check_sources(settings, DATASETS)
    else:
        check_sources(settings, DATASETS)


def test_there_is_a_default_config_and_overlays():
    assert {"config", "tiny", "wikitext2", "wikipedia"} <= {
        path.stem for path in CONFIGS
    }


UNLINKED = {"ptb", "imdb", "fce", "litbank", "propbank-ewt"}
"""Not open, or packed by hand."""


def test_every_data_set_has_checksums_a_licence_and_fixed_addresses():
    for name, dataset in DATASETS.items():
        assert dataset.licence, name
        assert dataset.files, name
        for file in dataset.files.values():
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert (file.url or "https://").startswith("https://")
            assert file.url or name in UNLINKED
        assert set(dataset.treebank.values()) <= set(dataset.files)


def test_the_schema_is_that_of_the_settings(capsys):
    assert ontogeny(["schema"]) == 0
    assert capsys.readouterr().out == (CONFIG / "schema.yaml").read_text()


def keys(kind=Settings, path="SETTINGS"):
    """Each key of the settings, as the rules would read it, and its section's class."""
    for name, field in kind.model_fields.items():
        here = f"{path}.{name}"
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from keys(section, here)
        else:
            yield here, kind


def asked_of_a_section(rules):
    """From a key to whether a rule calls what reads it in its section (`training()`)."""

    def asked(name, kind):
        for called, method in inspect.getmembers_static(kind):
            function = getattr(method, "fget", method)
            if inspect.isfunction(function) and f".{called}" in rules:
                source = inspect.getsource(function)
                but_for = "self.model_dump(exclude=" in source  # all but those named
                if (f'"{name}"' in source) != but_for or f"self.{name}" in source:
                    return True
        return False

    return asked


def test_every_key_is_read_by_a_rule(root):
    """Each by its name, its section whole (`SETTINGS.lm.model_dump()`), or by what its
    section gives a rule."""
    rules = "".join(path.read_text() for path in sorted(root.glob("rules/*.smk")))
    assert "SETTINGS.corpus.paths()" in rules  # which reads corpus.files
    for name, section in re.findall(r"^(\w+) = (SETTINGS\.\w+)$", rules, re.M):
        rules = re.sub(rf"\b{name}\b", section, rules)
    asked = asked_of_a_section(rules)
    for key, kind in dict(keys()).items():
        if key == "SETTINGS.corpus.files":
            continue
        section, _, name = key.rpartition(".")
        whole = section != "SETTINGS" and f"{section}.model_dump(" in rules
        named = re.search(rf"{re.escape(key)}\b", rules)
        assert whole or named or asked(name, kind), key


def test_every_key_has_a_description():
    schema = Settings.model_json_schema()
    sections = [schema, *schema["$defs"].values()]
    for section in sections:
        assert section["additionalProperties"] is False
        for name, key in section["properties"].items():
            described = "description" in key or "$ref" in key or name in (
                "train", "valid", "test",
            )  # fmt: skip
            assert described, name


# Sources

UNKNOWN_TREEBANK = re.escape(
    "tagging.treebank: unknown treebank my/own.conllu; there are ud-english-ewt, "
    "ud-english-pud (test only) and generated; docs/own-corpus.md says how"
)
LOCAL = """\
mine:
  description: d
  licence: l
  files: {a.txt: {sha256: "00"}}
  treebank: {train: a.txt, dev: a.txt, test: a.txt}
"""


def test_folders_and_patterns_are_opened_sorted_and_without_repeats(tmp_path):
    for name in ("b.txt", "a.txt", "in/c.txt", "notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    def found(*files):
        settings = read_settings(
            {"name": "a", "corpus": {"format": "text", "files": [*map(str, files)]}}
        )
        return [str(Path(p).relative_to(tmp_path)) for p in settings.corpus.paths()]

    assert found(tmp_path) == ["a.txt", "b.txt", "in/c.txt"]
    assert found(tmp_path / "*.txt") == ["a.txt", "b.txt"]
    assert found(tmp_path / "b.txt", tmp_path / "*.txt") == ["b.txt", "a.txt"]


def test_names_with_brackets_are_files_before_they_are_patterns(tmp_path):
    folder = tmp_path / "texts [1]"
    folder.mkdir()
    (folder / "a[0].txt").touch()
    for entry in (folder, folder / "a[0].txt"):
        settings = read_settings(own_files(entry))
        assert settings.corpus.paths() == [str(folder / "a[0].txt")]


def test_a_pattern_that_matches_nothing_is_named(tmp_path):
    for entry in (tmp_path / "absent.txt", tmp_path / "*.txt", tmp_path):
        settings = read_settings(own_files(entry))
        with pytest.raises(InputError, match=r"corpus\.files: .* matches no file"):
            check_sources(settings, DATASETS)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("tagging.treebank", "my/own.conllu", UNKNOWN_TREEBANK),
        ("tagging.treebank", "wikitext-2", "no train, dev and test parts in"),
        ("tagging.treebank", "ud-english-pud", "no train and dev parts in"),
        ("tagging.also_test", ["wikitext-2"], "also_test: wikitext-2 has no test part"),
        (
            "tagging.also_test",
            ["absent"],
            r"also_test: unknown treebank absent; .*only\);",
        ),
        (
            "corpus",
            {"format": "wikitext", "dataset": "absent"},
            "corpus.dataset: unknown",
        ),
        ("data_dir", "/no/such/folder", r"data_dir: there is no folder /no/such"),
        ("corpus.shards", 2, r"corpus\.shards: there are 1 file\(s\) for 2 jobs"),
        (
            "corpus",
            {"format": "wikitext", "dataset": "wikitext-2", "shards": 4},
            "there are 3 file",
        ),
    ],
)
def test_a_source_that_there_is_not_is_named(key, value, message):
    with pytest.raises(InputError, match=message):
        check_sources(read_settings(changed(key, value)), DATASETS)


def test_a_file_is_in_data_dir_or_has_a_url(tmp_path):
    local = yaml.safe_load(LOCAL)
    (tmp_path / "datasets.yaml").write_text(yaml.safe_dump(local))
    datasets = read_datasets(tmp_path / "datasets.yaml")
    config = {"name": "a", "corpus": {"format": "text", "dataset": "mine"}}
    config |= {"studies": ["sparsity"], "tagging": {"treebank": "mine"}}
    with pytest.raises(InputError, match=r"data_dir: mine/a\.txt has no url in "):
        check_sources(read_settings(config), datasets)
    config["data_dir"] = str(tmp_path)
    with pytest.raises(InputError, match=r"mine/a\.txt is missing; put it there\.$"):
        check_sources(read_settings(config), datasets)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").touch()
    check_sources(read_settings(config), datasets)


@pytest.mark.parametrize(
    ("kind", "part"),
    [("treebank", "b.txt"), ("splits", "b.txt"), ("semantics", ["a.txt", "b.txt"])],
)
def test_a_part_that_is_no_file_of_its_data_set_is_named(tmp_path, kind, part):
    wrong = yaml.safe_load(LOCAL)
    wrong["mine"] |= {kind: {"test": part}}
    (tmp_path / "datasets.yaml").write_text(yaml.safe_dump(wrong))
    message = rf"mine: {kind}\.test: there is no file b\.txt among its files\.$"
    with pytest.raises(InputError, match=message):
        read_datasets(tmp_path / "datasets.yaml")


def test_a_generated_treebank_suits_a_generated_corpus_only(tmp_path):
    (tmp_path / "a.txt").touch()
    config = {**own_files(tmp_path), "tagging": {"treebank": "generated"}}
    with pytest.raises(InputError, match="suits a generated corpus only"):
        check_sources(read_settings(config), DATASETS)


def test_a_mistake_in_the_data_sets_is_named_with_its_file(tmp_path):
    path = tmp_path / "datasets.yaml"
    path.write_text("mine:\n  description: d\n  license: x\n  files: {}\n")
    message = r"datasets\.yaml: mine: unknown key license; did you mean licence\?"
    with pytest.raises(InputError, match=message):
        read_datasets(path)


def own_corpus(corpus):
    return read_settings({"name": "a", "corpus": corpus}).corpus


def test_a_folder_is_read_once_and_only_its_format(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts" / "more").mkdir(parents=True)
    for name in ("a.txt", "more/b.txt.gz", "README.md", "more/c.png", ".hidden.txt"):
        (tmp_path / "texts" / name).touch()
    (tmp_path / "texts" / "latest").symlink_to(".")
    (tmp_path / "texts" / "more" / "up").symlink_to("..")
    (tmp_path / "again").symlink_to("texts/a.txt")
    corpus = {"format": "text", "files": ["texts", "again"]}
    assert own_corpus(corpus).paths() == ["texts/a.txt", "texts/more/b.txt.gz"]
    # A warning, which the terminal shows.
    assert (
        "2 file(s) in texts end otherwise, such as texts/README.md: not read"
        in caplog.text
    )
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    other = {"format": "parquet", "files": ["texts"]}
    other = own_corpus(other)
    with pytest.raises(InputError, match=r"no file in texts ends in \.parquet"):
        other.paths()
    none = own_corpus({"format": "text", "files": [""]})
    with pytest.raises(InputError, match=r"corpus\.files: an entry is empty"):
        none.paths()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("data_dir: 2026-13-45", "a value that is none: month must be in"),
        ("? [1, 2]\n: x", "a value that is none"),
        ("a: " + "9" * 6_000, "a value that is none"),
        ("a: " + "[" * 5_000, "brackets within brackets"),
        ("a: 010", "010 is no plain number"),
        ("a: 1:30", "1:30 is no plain number"),
    ],
)
def test_yaml_that_its_own_reader_cannot_read_is_told(tmp_path, text, reason):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InputError, match=rf"a\.yaml.*{reason}"):
        read_mapping(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("lm.epochs", True, "lm.epochs: needs a number, found True"),
        ("corpus.min_count", True, "corpus.min_count: needs a number, found True"),
        (
            "corpus.splits",
            {"test": float("inf")},
            "corpus.splits.test: inf is no number",
        ),
        ("lm.clip_norm", float("inf"), "lm.clip_norm: inf is no number"),
        ("lm.learning_rate", float("nan"), "lm.learning_rate: "),
        ("seeds", [True], "seeds: needs a number, found True"),
        ("lm.early_steps", True, "lm.early_steps: needs a list of numbers, found True"),
        ("corpus.sentences", True, "corpus.sentences: needs a number, found True"),
        ("corpus.tokens", 10**30, r"corpus.tokens: 1e\+30 is no number to work with"),
        ("corpus.seed", 10**30, r"corpus.seed: 1e\+30 is no number"),
        ("lm.clip_norm", 1e300, r"lm.clip_norm: 1e\+300 is no number"),
        ("seeds", [10**30], r"seeds: 1e\+30 is no number"),
        ("data_dir", "", "data_dir: "),
    ],
)
def test_what_is_no_number_is_told(key, value, reason):
    with pytest.raises(InputError, match=reason):
        read_settings(changed(key, value))


def test_a_folder_may_be_at_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").touch()
    assert read_settings(changed("data_dir", "~/data")).data_dir == f"{tmp_path}/data"
    own = GOOD | {"corpus": {"format": "text", "files": ["~/*.txt"]}}
    assert read_settings(own).corpus.paths() == [f"{tmp_path}/a.txt"]


@pytest.mark.parametrize("name", ["../x", ".", ".x", "a.b", "en_core_web_sm-3.8.0", ""])
def test_a_pipeline_is_a_package(name):
    settings = read_settings(GOOD | {"tagging": {"pipeline": name}})
    with pytest.raises(InputError, match=r"tagging\.pipeline: .* is no package's name"):
        check_sources(settings, DATASETS)


@pytest.mark.parametrize("name", ["os", "antigravity", "yaml", "absent"])
def test_a_package_that_is_no_pipeline_is_told(name):
    settings = read_settings(GOOD | {"tagging": {"pipeline": name}})
    with pytest.raises(InputError, match=rf"'{name}' is not installed"):
        check_sources(settings, DATASETS)


def test_braces_in_a_file_s_name_are_told(tmp_path):
    (tmp_path / "{corpus}.txt").touch()
    with pytest.raises(InputError, match=r"\{corpus\}\.txt' has braces in its name"):
        own_corpus({"format": "text", "files": [str(tmp_path)]}).paths()


def test_wikitext_is_tokenised():
    corpus = {"format": "wikitext", "files": ["a"]}
    assert own_corpus(corpus).tokenised
    with pytest.raises(InputError, match="tokenised: text of the format wikitext is"):
        own_corpus(corpus | {"tokenised": False})


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("th", "pip install pythainlp"),
        (
            "ja",
            "sudachidict_core and sudachipy, not .*pip install sudachipy sudachidict_",
        ),
        ("ko", "natto, not installed here: pip install natto-py, and mecab-ko"),
        ("english", "no rules for 'english': give one of its codes"),
        ("de-DE", "no rules for 'de-DE'"),
        ("../lang", "no rules for"),
    ],
)
def test_a_language_that_cannot_be_read_is_told_before_any_job(
    tmp_path, language, told
):
    (tmp_path / "a.txt").touch()
    settings = read_settings(own_files(tmp_path / "a.txt", language=language))
    with pytest.raises(InputError, match=told):
        check_sources(settings, DATASETS)


def test_tokenised_text_asks_nothing_of_its_language(tmp_path):
    (tmp_path / "a.txt").touch()
    check_sources(
        read_settings(own_files(tmp_path / "a.txt", language="th", tokenised=True)),
        DATASETS,
    )
