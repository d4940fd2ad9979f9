"""The fingerprint of code: prose does not change it, imported code does."""

import re
from pathlib import Path

import pytest

from ontogeny.running import digest
from ontogeny.running.digest import code_digest
from ontogeny.studies.names import NAMES

FILES = {
    "script.py": '"""Doc."""\n\nfrom ontogeny.a import f\n\n\ndef main():\n    f(1)\n',
    "ontogeny/__init__.py": '__version__ = "1"\n',
    "ontogeny/a.py": "import ontogeny.deep.b\n\nf = ontogeny.deep.b.g\n",
    "ontogeny/deep/__init__.py": "from ontogeny.constants import C\n",
    "ontogeny/deep/b.py": 'def g(x):\n    """Doc."""\n    return x  # why\n',
    "ontogeny/constants.py": "C = 1\n",
    "ontogeny/lazy.py": "L = 1\n",
    "ontogeny/unused.py": "U = 1\n",
}
FAILING = """
def g(x):
    if x:
        raise InputError(f"{x.name}: too " + ("long" if x > 1 else "short") + f" {x:.1f}")
    logger.info("Step %d.", x)
    return InputError("no")
"""


@pytest.fixture
def digest_of(tmp_path, monkeypatch):
    """Digest of the script above, with some files changed."""
    times = iter(range(100))

    def run(changed, *modules):
        folder = tmp_path / str(next(times))  # files are parsed once each
        for path, text in {**FILES, **changed}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        monkeypatch.setattr(digest, "PACKAGE", folder / "ontogeny")
        return code_digest(folder / "script.py", *modules)

    return lambda changed=None, *modules: run(changed or {}, *modules)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("script.py", "# comment\n" + FILES["script.py"].replace("Doc", "Other")),
        ("script.py", FILES["script.py"].replace("f(1)", "f( 1 )")),
        ("ontogeny/deep/b.py", 'def g(x):\n    """New."""\n\n    return x\n'),
        ("ontogeny/deep/b.py", "def g(x):\n    return x\n"),
        ("ontogeny/a.py", '"""Doc."""\n' + FILES["ontogeny/a.py"]),
        ("ontogeny/unused.py", "U = 2\n"),
        ("ontogeny/__init__.py", '__version__ = "2"\n'),
        ("ontogeny/a.py", FILES["ontogeny/a.py"] + '"""What f is."""\n'),
        (
            "ontogeny/a.py",
            FILES["ontogeny/a.py"] + "if TYPE_CHECKING:\n    import ontogeny.unused\n",
        ),
    ],
)
def test_prose_layout_version_and_strangers_change_nothing(digest_of, path, text):
    assert FILES[path] != text
    assert digest_of({path: text}) == digest_of()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("script.py", FILES["script.py"].replace("f(1)", "f(2)")),
        ("ontogeny/a.py", FILES["ontogeny/a.py"] + "A = 1\n"),
        ("ontogeny/deep/b.py", "def g(x):\n    return x + 1\n"),
        ("ontogeny/deep/__init__.py", FILES["ontogeny/deep/__init__.py"] + "D = 1\n"),
        ("ontogeny/constants.py", "C = 2\n"),  # imported by the package around b
        ("ontogeny/deep/b.py", "def g(x):\n    'Doc'; return x or 'a string'\n"),
    ],
)
def test_code_changes_it_wherever_it_is_imported_from(digest_of, path, text):
    assert digest_of({path: text}) != digest_of()


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (": too ", " is too ", True),
        ('f" {x:.1f}"', 'f"{x:.1f} of "', True),
        ("short", "few", True),
        ("Step %d.", "At step %d.", True),
        ('"no"', '"not so"', True),
        ("x.name", "x.path", False),
        (":.1f", ":.2f", False),
        ("x > 1", "x > 2", False),
        ('%d.", x', '%d.", x + 1', False),
        ("InputError(", "Lacks(", False),
    ],
)
def test_of_messages_expressions_count_and_their_text_does_not(
    digest_of, old, new, same
):
    assert old in FAILING
    before = digest_of({"ontogeny/deep/b.py": FAILING})
    after = digest_of({"ontogeny/deep/b.py": FAILING.replace(old, new)})
    assert (before == after) is same


def test_what_a_claim_lacks_counts(digest_of):
    lacks = 'raise Lacks("too few")\n'
    before = digest_of({"ontogeny/a.py": lacks})
    assert before != digest_of({"ontogeny/a.py": lacks.replace("few", "many")})


@pytest.mark.parametrize("name", sorted(digest.LEFT_OUT))
def test_what_decides_no_result_is_left_out(digest_of, name):
    path, package = f"{name.replace('.', '/')}.py", name.rpartition(".")[0]
    imported = {"ontogeny/a.py": f"from {package} import {name.rpartition('.')[2]}\n"}
    one, two = (
        {**imported, path: f"import ontogeny.unused\nX = {i}\n"} for i in (1, 2)
    )
    assert digest_of(one) == digest_of(two)


# A bit of everything that Python 3.11 has.
SOURCE = r'''
"""Doc."""
from __future__ import annotations
import a.b as c, d
from .e import *
f = 1  # type: ignore
@g(1, *f, k=None, **c)
class A(B, metaclass=C):
    """Doc."""
    x: int = 0
    y: "str"
    async def h(self, a, /, b=1.5e-300, *args: int, c, d=..., **more) -> None:
        async with a as b, c: await d
        async for i in args: yield i
        return
def h(χ, *, y=u"ü\U0001f600\ud800\n'"):
    global z; nonlocal w
    try: del a[0], b.c, a[1:, ::2]
    except (E, F) as e: raise X from e
    else: assert a, "b"
    finally: x @= 1j
    try: pass
    except* E: pass
    while (n := 10**30): break
    else: z = {**a, "b": [1, *c], None: {1, 2}}
    for _ in (): continue
    return f"{a!r:>{w}}{b=}{c:}" f"d{{" "x" if not -a < b <= c is not d in e else f
z = lambda a, *b: (yield), [i for i in j if k for l, *_ in m], {i: 0 for i in z}, {i for i in z}
match a:
    case {"k": [1, *_, A(x=1) | None], **rest} if True: pass
    case str() as s: pass
if TYPE_CHECKING:
    import t
else:
    raise InputError(f"Bad {x}" + "." if y else "!")
'''


def test_its_form_is_the_same_under_every_python(tmp_path):
    """Another one here would have everybody's trainings run again."""
    (tmp_path / "source.py").write_text(SOURCE, encoding="utf-8")
    known = "0c17f43d1d41c9c954c7194b055f729ec3bced350ef5649ea867744f7c0e0703"
    assert digest._read(tmp_path / "source.py")[0] == known


def test_what_is_kept_beside_a_file_is_of_its_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(digest.sys, "dont_write_bytecode", False)
    read = digest._read.__wrapped__
    path = tmp_path / "source.py"
    kept = tmp_path / "__pycache__" / "source.py.digest"

    def both(text):
        path.write_text(text)
        return read(path), digest._parse(text.encode())[0]

    for text in ("import ontogeny.errors\n", "x = 1\n", "import ontogeny.errors\n"):
        (code, names), parsed = both(text)
        assert code == parsed
        assert names == ({"ontogeny.errors"} if "errors" in text else set())
    monkeypatch.setattr(digest, "_parse", None)
    assert read(path) == (code, names)  # not parsed again
    monkeypatch.undo()
    whole = kept.read_text()
    flipped = whole[:140] + ("0" if whole[140] != "0" else "1") + whole[141:]
    for damaged in ("", "é", f"{'0' * 64} wrong", whole[:-4], flipped):
        kept.write_text(damaged)
        assert read(path) == (code, names)


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(digest.sys, "dont_write_bytecode", False)
    (tmp_path / "source.py").write_text("x = 1\n")
    (tmp_path / "__pycache__").write_text("in its place")
    code, _ = digest._read(tmp_path / "source.py")
    assert code == digest._parse(b"x = 1\n")[0]


def test_imports_inside_functions_count(digest_of):
    lazy = "def g(x):\n    from ontogeny import lazy\n    return lazy.L\n"
    before = digest_of({"ontogeny/deep/b.py": lazy})
    after = digest_of({"ontogeny/deep/b.py": lazy, "ontogeny/lazy.py": "L = 2\n"})
    assert before != after


def test_a_module_that_is_only_named_counts_with_what_it_imports(digest_of):
    named = {"ontogeny/lazy.py": "from ontogeny import unused\n"}
    before = digest_of(named, "ontogeny.lazy")
    assert before != digest_of(named)
    assert before != digest_of(
        {**named, "ontogeny/unused.py": "U = 2\n"}, "ontogeny.lazy"
    )


def test_circular_imports_end(digest_of):
    circle = {"ontogeny/constants.py": "import ontogeny.a\nC = 1\n"}
    assert digest_of(circle) == digest_of(circle)


SCRIPTS = Path(__file__).parents[2] / "workflow" / "scripts"
# What the rules ask the digests of: a script, and what it imports only when it runs.
GENERIC = {
    "tabulate": ("inputs", "figures"),
    "judge": ("inputs", "claims"),
    "plot_figure": ("plots",),
}
ASKED = {
    path.stem: [path]
    for path in sorted(SCRIPTS.glob("*.py"))
    if path.stem not in GENERIC
} | {
    f"{script}_{study}": [
        SCRIPTS / f"{script}.py",
        *(f"ontogeny.studies.{study}.{part}" for part in parts),
    ]
    for script, parts in GENERIC.items()
    for study in NAMES
}


def test_every_script_of_the_workflow_has_its_own():
    digests = {code_digest(*asked) for asked in ASKED.values()}
    assert len(digests) == len(ASKED) > 10
    assert all(len(one) == 16 for one in digests)


@pytest.fixture
def reruns(monkeypatch, tmp_path):
    """What of ASKED has another digest once a module's text is another."""

    def ask(module, change):
        before = {name: code_digest(*asked) for name, asked in ASKED.items()}
        path, read = digest.module_file(module), digest._read
        other = tmp_path / "other.py"
        other.write_text(change(path.read_text()))
        assert other.read_text() != path.read_text()
        monkeypatch.setattr(digest, "_read", lambda p: read(other if p == path else p))
        return {n for n, asked in ASKED.items() if code_digest(*asked) != before[n]}

    return ask


def reworded(text):
    return re.sub(r'((InputError|logger\.\w+|logging\.\w+)\(\s*f?")', r"\1Oh: ", text)


def with_code(text):
    return text + "\nCHANGED = 1\n"


@pytest.mark.parametrize("name", ["training.loop", "training.state", "disk.files"])
def test_a_sentence_asks_for_no_job(reruns, name):
    assert reruns(f"ontogeny.{name}", reworded) == set()


@pytest.mark.parametrize("name", sorted(filter(digest.module_file, digest.LEFT_OUT)))
def test_how_jobs_are_run_and_which_studies_there_are_asks_for_no_job(reruns, name):
    assert reruns(name, with_code) == set()


def test_how_files_are_written_asks_for_jobs(reruns):
    asked = reruns("ontogeny.disk.files", with_code)
    assert {"read_corpus", "train_lm", "tabulate_sparsity"} <= asked


def test_figures_of_a_study_ask_for_its_tables_plots_and_verdicts(reruns):
    asked = reruns("ontogeny.studies.sparsity.figures", with_code)
    assert "tabulate_sparsity" in asked
    assert asked <= {"tabulate_sparsity", "plot_figure_sparsity", "judge_sparsity"}
