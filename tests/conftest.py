"""What several kinds of tests share: the repository, jobs, text, the tiny run."""

import os
import re
import runpy
import shutil
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from runs import Tiny, job, make_once

ROOT = Path(__file__).parents[1]
# Processes that share a machine's cores gain nothing from threads of their own.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collectstart(collector):
    """No deadlines: machines are shared, so an example's time says nothing.

    Only where a file uses Hypothesis, which takes a second to load.
    """
    if isinstance(collector, pytest.Module) and b"hypothesis" in (
        collector.path.read_bytes()
    ):
        import hypothesis

        hypothesis.settings.register_profile("shared", deadline=None)
        hypothesis.settings.load_profile("shared")


def pytest_sessionfinish(session):
    """Where no file used Hypothesis, its plugin would load it to say nothing."""
    if "hypothesis" not in sys.modules:
        session.config.pluginmanager.unregister(name="hypothesispytest")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give tests out file by file, and all files on the tiny run to one process."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return "tiny" if takes_tiny(file) else file

    config.option.loadscopereorder = False  # see `pytest_collection_modifyitems`
    return ByFile(config, log)


def pytest_collection_modifyitems(items):
    """In parallel, what takes longest comes first: none has to wait at the end."""

    def rank(item):
        slow = item.get_closest_marker("slow") is not None
        return not takes_tiny(item.nodeid.partition("::")[0]), not slow

    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=rank)


@cache
def takes_tiny(file):
    """Whether a file's tests take `tiny`, which they would wait for side by side."""
    return bool(re.search(r"def \w+\([^)]*\btiny\b", (ROOT / file).read_text()))


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def make_job():
    """A job as a script's `main` takes it: by index, by name, with `get`."""
    return job


@pytest.fixture(scope="session")
def script(root, make_job):
    """Call the `main` of a script of the workflow."""

    def call(name, **parts):
        path = root / "workflow" / "scripts" / f"{name}.py"
        runpy.run_path(str(path))["main"](make_job(**parts))

    return call


@pytest.fixture
def write_corpus(tmp_path):
    """Write documents, each a list of sentences, as the tables that are filtered."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ontogeny.corpus.tables import DOCUMENTS, SENTENCES, ReadCorpus

    def write(documents, rows_per_group=None, name="sentences.parquet"):
        rows = [
            {"document": number, "tokens": sentence.split()}
            for number, sentences in enumerate(documents)
            for sentence in sentences
        ]
        for number, row in enumerate(rows):
            row["sentence"] = number
        path = tmp_path / name
        table = pa.Table.from_pylist(rows, schema=SENTENCES)
        size = rows_per_group or max(1, len(rows))
        pq.write_table(table, path, row_group_size=size, write_page_checksum=True)
        titles = [
            {"document": number, "title": f"title {number}"}
            for number in range(len(documents))
        ]
        beside = tmp_path / f"documents_{name}"
        pq.write_table(pa.Table.from_pylist(titles, schema=DOCUMENTS), beside)
        return ReadCorpus([path], [beside])

    return write


@pytest.fixture(scope="session")
def write_texts():
    """Write files of a small English-like text, each a document."""
    import numpy as np

    def write(folder, files=8, sentences=150, seed=0):
        folder.mkdir(parents=True)
        rng = np.random.default_rng(seed)
        for number in range(files):
            lines = [" ".join(_sentence(rng)) for _ in range(sentences)]
            blocks = ["\n".join(lines[at : at + 5]) for at in range(0, sentences, 5)]
            (folder / f"{number}.txt").write_text("\n\n".join(blocks))

    return write


NOUNS = [
    "fox",
    "owl",
    "hare",
    "toad",
    "moth",
    "crow",
    "wolf",
    "deer",
    "seal",
    "goat",
    "lamb",
    "mole",
]
VERBS = ["sees", "hears", "likes", "meets", "calls", "finds", "helps", "seeks"]
PLACES = ["near", "behind", "under", "before"]
RARE = [f"zy{letter}" for letter in "abcdefghijklmnopqrst"]


def _sentence(rng):
    words = ["The", rng.choice(NOUNS), rng.choice(VERBS), "a", rng.choice(NOUNS)]
    if rng.random() < 0.5:
        words += [rng.choice(PLACES), "the", rng.choice(NOUNS)]
    if rng.random() < 0.02:
        words += ["and", rng.choice(RARE)]
    return [*words[:-1], words[-1] + "."]


COPIED = [
    "Snakefile",
    "Makefile",
    "rules",
    "workflow",
    "config",
    "ontogeny",
    "profiles",
    "envs",
]


@pytest.fixture(scope="session")
def copy_repository(root):
    """Copy what the workflow runs, for tests that change files."""

    def copy(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            if (root / name).is_dir():
                # What is compiled, too, of which each copy would make its own; but not
                # what another process is writing.
                half = shutil.ignore_patterns("*.pyc.*", "*.digest.*")
                shutil.copytree(root / name, folder / name, ignore=half)
            else:
                shutil.copy2(root / name, folder / name)
        return folder

    return copy


@pytest.fixture(scope="session")
def tiny(tmp_path_factory, copy_repository):
    """The tiny run, whole, on this machine: one for all processes of a test run.

    `TINY_RUN` names a folder for it that several test runs share.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = Path(os.environ.get("TINY_RUN", shared / "tiny"))
    tiny = Tiny(folder / "repository", folder / "run")

    def make():
        copy_repository(tiny.repository)
        run = tiny.run()
        assert run.status == 0, run.text

    make_once(folder, make)
    return tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the jobs run; scripts may write beside their outputs (`state`)."""
    folder = tmp_path_factory.mktemp("job")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="session")
def gru(root):
    """The class of docs/own-model.md, as if it stood in ontogeny/models/gru.py."""
    from pages import blocks

    code, *_ = blocks(root / "docs" / "own-model.md", "python")
    module = ModuleType("ontogeny.models.gru")
    exec(code, module.__dict__)
    sys.modules[module.__name__] = module
    yield module.GruModel
    del sys.modules[module.__name__]


@pytest.fixture(scope="session")
def within():
    """Whether all that is drawn is inside, and no legend on a panel."""

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    def ask(figure):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        frame = figure.bbox.padded(1)
        parts = [*figure.axes, *figure.legends, figure._supxlabel, figure._supylabel]
        boxes = [part.get_tightbbox(renderer) for part in parts if part]
        inside = all(
            frame.x0 <= box.x0 and box.x1 <= frame.x1
            and frame.y0 <= box.y0 and box.y1 <= frame.y1
            for box in boxes
        )  # fmt: skip
        apart = not any(
            legend.get_window_extent(renderer).overlaps(axes.bbox)
            for legend in figure.legends
            for axes in figure.axes
        )
        return inside and apart

    return ask


@pytest.fixture
def assert_equal_bytes(tmp_path):
    """Assert that a figure drawn twice is the same file, and no setting stays."""

    import matplotlib

    from ontogeny.plots.style import save

    def ask(draw):
        before = dict(matplotlib.rcParams)
        suffixes = ("pdf", "svg", "png")
        for folder in ("first", "second"):
            paths = [tmp_path / folder / f"figure.{suffix}" for suffix in suffixes]
            save(draw(), paths)
        for suffix in suffixes:
            first, second = (
                (tmp_path / folder / f"figure.{suffix}").read_bytes()
                for folder in ("first", "second")
            )
            assert first == second
        assert dict(matplotlib.rcParams) == before

    return ask
