"""The fingerprint of code: prose does not change it, imported code does."""

import pytest

from ontogeny.running import digest
from ontogeny.running.digest import code_digest

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


def test_every_script_of_the_workflow_has_its_own(root):
    scripts = sorted(root.glob("workflow/scripts/*.py"))
    digests = {code_digest(script) for script in scripts}
    assert len(digests) == len(scripts) > 10
    assert all(len(one) == 16 for one in digests)
