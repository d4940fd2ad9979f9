"""The laws of the house: who imports whom, and what imports cost.

Each is shown to find what breaks it, in a house of a file or two.
"""

import subprocess
import sys
from functools import cache

import pytest
from imports import imports

from ontogeny.running import digest

FACES = {"decomposition", "files", "jobs", "probing", "similarity", "sparsity"}
LOOSE = {"__init__", "__main__", "errors"} | FACES


def within(name, *packages):
    return any(f"{name}.".startswith(f"ontogeny.{package}.") for package in packages)


def study(name):
    """Which study a module of ontogeny.studies belongs to, or which loose one it is."""
    return name.split(".")[2:3]


# Whether a module, the first, must not import the second.
LAWS = {
    "no study imports another": lambda name, used: (
        within(name, "studies")
        and within(used, "studies")
        and study(used) not in ([], ["study"], study(name))
    ),
    "below studies none is known": lambda name, used: (
        within(used, "studies")
        and not within(name, "studies", "settings", "cli")
        and not name.startswith("workflow.")
    ),
    "only settings and cli know their names": lambda name, used: (
        within(used, "studies.names")
        and not within(name, "studies.names", "settings", "cli")
    ),
    "only cli knows settings": lambda name, used: (
        within(used, "settings") and not within(name, "settings", "cli")
    ),
    "nothing knows cli": lambda name, used: (
        within(used, "cli") and not within(name, "cli", "__main__")
    ),
    "measures and statistics take arrays": lambda name, used: (
        within(name, "measures", "statistics")
        and used.startswith("ontogeny.")
        and not within(used, "measures", "statistics", "models", "errors")
    ),
    "only probing trains": lambda name, used: (
        within(name, "measures", "statistics")
        and f"{used}.".startswith("torch.optim.")
        and not within(name, "measures.probing")
    ),
    "faces are for users": lambda name, used: within(used, *FACES),
    "snakemake stays outside": lambda name, used: used.split(".")[0] == "snakemake",
}


@cache
def uses(path):
    """What a file imports; torch.optim needs no import of its own."""
    own = ["torch.optim"] if "torch.optim" in path.read_text() else []
    return sorted({*imports(path), *own})


def offences(root, law):
    """Each import of the package and the scripts that breaks a law."""
    files = [*root.glob("ontogeny/**/*.py"), *root.glob("workflow/scripts/*.py")]
    for path in sorted(files):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        for one in uses(path):
            if LAWS[law](name.removesuffix(".__init__"), one):
                yield f"{name}: {one}"


@pytest.mark.parametrize("law", LAWS)
def test_the_house_keeps(root, law):
    assert list(offences(root, law)) == []


def plant(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.mark.parametrize(
    ("law", "module", "text"),
    [
        ("no study imports another", "studies/a/figures", "from ontogeny.studies import b"),
        ("no study imports another", "studies/a/cost", "import ontogeny.studies.b.names"),
        ("no study imports another", "studies/study", "import ontogeny.studies.a.about"),
        ("below studies none is known", "claims/judge", "import ontogeny.studies.study"),
        ("below studies none is known", "cost/sizes", "def f():\n  from ontogeny import studies"),
        ("only settings and cli know their names", "studies/a/about", "from ontogeny.studies import names"),
        ("only settings and cli know their names", "../workflow/scripts/plot", "from ontogeny.studies.names import load"),
        ("only cli knows settings", "cost/sizes", "from ontogeny.settings import Settings"),
        ("only cli knows settings", "studies/a/settings", "import ontogeny.settings.schema"),
        ("only cli knows settings", "../workflow/scripts/plot", "import ontogeny.settings"),
        ("nothing knows cli", "settings/__init__", "import ontogeny.cli"),
        ("measures and statistics take arrays", "measures/similarity/cca", "import ontogeny.training"),
        ("measures and statistics take arrays", "measures/frequency", "import ontogeny.disk.files"),
        ("measures and statistics take arrays", "statistics/ranks", "from ontogeny import running"),
        ("measures and statistics take arrays", "measures/matching", "import ontogeny.corpus.tables"),
        ("only probing trains", "measures/similarity/cca", "import torch.optim"),
        ("only probing trains", "measures/similarity/cca", "import torch\ntorch.optim.SGD"),
        ("faces are for users", "studies/a/figures", "from ontogeny import sparsity"),
        ("faces are for users", "../workflow/scripts/plot", "from ontogeny.jobs import run"),
        ("snakemake stays outside", "running/jobs", "from snakemake.script import x"),
    ],
)  # fmt: skip
def test_a_breach_is_found(tmp_path, law, module, text):
    plant(tmp_path / "ontogeny", "errors.py", "")
    assert list(offences(tmp_path, law)) == []
    plant(tmp_path / "ontogeny", f"{module}.py", text)
    assert list(offences(tmp_path, law))


def strays(root):
    """Loose modules that have no room, and code around the studies' rooms."""
    yield from {path.stem for path in root.glob("ontogeny/*.py")} - LOOSE
    for path in root.glob("ontogeny/studies/**/__init__.py"):
        if len(path.relative_to(root).parts) < 5 and path.read_text():
            yield path.parent.name


def test_everything_has_a_room(root, tmp_path):
    assert list(strays(root)) == []
    plant(tmp_path, "ontogeny/helpers.py", "")
    plant(tmp_path, "ontogeny/studies/__init__.py", "A = 1")
    plant(tmp_path, "ontogeny/studies/a/__init__.py", "A = 1")
    plant(tmp_path, "ontogeny/studies/a/claims/__init__.py", "A = 1")
    assert list(strays(tmp_path)) == ["helpers", "studies", "a"]


def test_what_the_digests_leave_out_is_there():
    assert all(map(digest.module_file, digest.LEFT_OUT))


def modules(root, *patterns):
    files = (path for one in patterns for path in root.glob(f"ontogeny/{one}.py"))
    return [".".join(file.relative_to(root).with_suffix("").parts) for file in files]


def loaded(root, modules, heavy):
    """Which of some modules, imported in turn, is the first to load what is heavy."""
    code = (
        "import sys, importlib\n"
        "for name in sys.argv[2:]:\n"
        "    importlib.import_module(name.removesuffix('.__init__'))\n"
        "    if {*sys.argv[1].split()} & {*sys.modules}:\n"
        "        sys.exit(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, heavy, *modules],
        cwd=root,
        capture_output=True,
        text=True,
    )
    return done.stderr


LIGHT = ["__init__", "cli/**/*", "settings/*", "sections/*", "cost/*", "running/digest",
         "corpus/filtering", "corpus/sentences", "corpus/shards", "tagging/shards",
         "studies/*", "studies/*/about", "studies/*/settings", "studies/*/cost"]  # fmt: skip


def test_the_terminal_and_the_rules_load_neither_torch_nor_spacy(root, tmp_path):
    assert loaded(root, modules(root, *LIGHT), "torch spacy") == ""
    plant(tmp_path, "spacy.py", "")
    plant(tmp_path, "ontogeny/__init__.py", "import spacy")
    assert loaded(tmp_path, ["ontogeny"], "torch spacy") == "ontogeny\n"


def test_what_people_read_of_a_study_loads_next_to_nothing(root):
    heavy = "torch spacy numpy pandas matplotlib pydantic"
    assert loaded(root, modules(root, "studies/*", "studies/*/about"), heavy) == ""


def test_plots_and_verdicts_load_no_torch(root):
    light = modules(root, "sparsity", "plots/*", "claims/*", "studies/*/*plot*",
                    "studies/*/claims/*")  # fmt: skip
    assert len(light) > 10
    assert loaded(root, light, "torch") == ""
