"""What docs/own-task.md has one write, and that it does what the page says."""

import ast
import subprocess
import sys
from collections import Counter
from types import ModuleType

import pytest
from pages import blocks
from probe_texts import tree, treebank, words_and_labels

from ontogeny.sections.dataset import read_datasets
from ontogeny.tasks.probing import registry


@pytest.fixture(scope="module")
def page(root):
    return root / "docs" / "own-task.md"


@pytest.fixture(scope="module")
def codes(page):
    return blocks(page, "python")


@pytest.fixture
def module(codes, monkeypatch):
    """The page's classes, as if they stood in ontogeny/tasks/probing/."""

    def make(name, code):
        made = ModuleType(f"ontogeny.tasks.probing.{name}")
        exec(code, made.__dict__)
        monkeypatch.setitem(sys.modules, made.__name__, made)
        return made

    return make("universal", codes[0]), make("mine", codes[3])


def test_the_page_s_line_names_its_class(page, module):
    line = blocks(page, "python")[1]
    ((name, code),) = ast.literal_eval(f"{{{line.strip()}}}").items()
    universal, _ = module
    assert f"{registry.PACKAGE}.{code}" == (
        f"{universal.__name__}.{universal.UniversalPartOfSpeech.__name__}"
    )
    assert universal.UniversalPartOfSpeech.name == name


def test_a_registered_task_can_be_asked(page, module, monkeypatch):
    line = blocks(page, "python")[1]
    own = ast.literal_eval(f"{{{line.strip()}}}")
    tasks = registry.TASKS | {"open": registry.TASKS["open"] | own}
    monkeypatch.setattr(registry, "TASKS", tasks)
    *_, last = registry.tasks_of("open")
    assert last.title == "UPOS"
    assert registry.modules_of([last]) == [module[0].__name__]


def test_the_page_s_first_task_finds_what_it_prints(
    module, codes, tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "data" / "ud-english-ewt"
    folder.mkdir(parents=True)
    treebank(
        folder / "en_ewt-ud-test.conllu", tree("Go on", "VERB ADV", "0 1", "root x")
    )
    monkeypatch.chdir(tmp_path)
    exec(codes[2], {})
    counts = Counter({"VERB": 1, "ADV": 1}).most_common(3)
    assert capsys.readouterr().out == f"1 {counts}\n"


def test_the_page_s_own_file_is_read(module, page, tmp_path):
    entry, *_ = blocks(page, "yaml")
    (tmp_path / "datasets.yaml").write_text(entry)
    datasets = read_datasets(tmp_path / "datasets.yaml")
    task = module[1].Mine()
    for files in task.files.values():
        assert all(file in datasets[name].files for name, file in files)
    path = tmp_path / "train.tsv"
    path.write_text("\n\n".join(f"word\tlabel{at}" for at in range(103)))
    found = [
        [words_and_labels(one) for one in task.documents([path], part)]
        for part in ("train", "valid")
    ]
    assert [len(part) for part in found] == [3, 100]
    assert found[0][2] == [("word", "label2")]


def test_the_page_s_code_is_formatted_and_typed(codes, tmp_path, root):
    for number in (0, 3):
        (tmp_path / f"own{number}.py").write_text(codes[number])
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        config = ["--config", str(root / "pyproject.toml")]
        done = subprocess.run(
            [sys.executable, "-m", *command, *config, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
