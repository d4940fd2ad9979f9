"""Which tests a change reaches: python tests/reach.py [FILE …] [--base COMMIT].

Prints paths for pytest: the test files that use a changed file, directly or not, and
the changed modules of the package, for their doctests. Tests that run a workflow are
left to `make test`.

A test file uses what it imports, helpers of tests/ among it; the modules and the
scripts that it names in its text; what all these import; and other files whose name,
or whose folder, it has in quotes.
"""

import argparse
import re
import subprocess
from functools import cache
from pathlib import Path

from imports import imports

from ontogeny.running.digest import module_file, modules_behind

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
SCRIPTS = ROOT / "workflow" / "scripts"
RUN_A_WORKFLOW = {"workflow", "slurm", "survival"}


@cache
def used(test):
    """Files of the repository that a test file uses, itself among them."""
    files, waiting = set(), [test]
    while waiting:
        file = waiting.pop()
        if file in files:
            continue
        text = file.read_text()
        dotted = set(re.findall(r"\bontogeny(?:\.\w+)+", text))
        # The last part may be a function or a class.
        dotted |= {name.rpartition(".")[0] for name in dotted}
        files |= {file, *map(module_file, modules_behind(file, *dotted))}
        places = {
            folder / name for name in imports(file) for folder in (TESTS, file.parent)
        }
        places |= {SCRIPTS / name for name in re.findall(r'"(\w+)"', text)}
        waiting += filter(Path.is_file, (place.with_suffix(".py") for place in places))
    return files


def reaches(path, test, files):
    """Whether a change of a file, by its path here, reaches a test that uses files."""
    place = ROOT / path
    if place.name == "conftest.py":
        return place.parent in test.parents
    name, folder = re.escape(place.name), re.escape(path.split("/")[0])
    quoted = rf'"({name}|(?!tests){folder})["/]'
    return place in files or bool(re.search(quoted, test.read_text()))


def reached(changed):
    """Test files that changes reach, and changed modules, as paths in order."""
    found = {path for path in changed if re.match(r"ontogeny/.*\.py$", path)}
    found = {path for path in found if (ROOT / path).is_file()}
    for test in TESTS.rglob("test_*.py"):
        if not RUN_A_WORKFLOW & {*test.relative_to(TESTS).parts}:
            files = used(test)
            if any(reaches(path, test, files) for path in changed):
                found.add(str(test.relative_to(ROOT)))
    return sorted(found)


def differing(base):
    """Files that differ from a commit, or are new."""
    new = ["ls-files", "--others", "--exclude-standard"]
    for command in ["diff", "--name-only", "--no-renames", base], new:
        yield from subprocess.check_output(
            ["git", *command], cwd=ROOT, text=True
        ).splitlines()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--base", default="HEAD", metavar="COMMIT")
    asked = parser.parse_args()
    given = [str(Path(file).resolve().relative_to(ROOT)) for file in asked.files]
    for path in reached(given or [*differing(asked.base)]):
        print(path)
