"""The repository keeps its own rules: pins, sizes, what is declared."""

import ast
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from imports import imports
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ontogeny.cli.doctor import SNAKEMAKE

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"([A-Za-z0-9_.-]+)==([0-9][0-9a-z.]*)")
CORE = sorted((ROOT / "ontogeny").rglob("*.py"))
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
RULES = sorted((ROOT / "rules").glob("*.smk"))
LONGER: dict[str, int] = {}


def lock():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return {canonicalize_name(name): v for name, v in map(pin, lines)}


def pin(line):
    match = PIN.fullmatch(line)
    assert match, f"{line!r} is no name==version"
    return match.groups()


def filled(path):
    """How many lines of a file are not blank."""
    return sum(bool(line.strip()) for line in path.read_text().splitlines())


def test_the_lock_holds_exact_public_versions_once():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert len(lock()) == len(lines) > 20


def environment():
    """What envs/core.yaml has pip install: name and version."""
    text = (ROOT / "envs" / "core.yaml").read_text()
    *_, pips = yaml.safe_load(text)["dependencies"]
    return {canonicalize_name(name): version for name, version in map(pin, pips["pip"])}


def test_the_conda_environment_is_pinned_as_in_the_lock():
    assert environment() == {name: lock()[name] for name in environment()}


def test_the_oldest_snakemake_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (oldest,) = re.findall(
        r'^min_version\("(.+)"\)', (ROOT / "Snakefile").read_text(), re.M
    )
    assert f"snakemake>={oldest}" in project["optional-dependencies"]["workflow"]
    assert ".".join(map(str, SNAKEMAKE)) == oldest


def test_the_workflow_catalog_finds_what_it_wants():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())
    assert usage["usage"]["software-stack-deployment"]["conda"]
    assert {"snakemake", "workflow"} <= set((ROOT / "README.md").read_text().split())
    assert 'include: "../Snakefile"' in (ROOT / "workflow" / "Snakefile").read_text()


def test_every_key_of_the_config_is_explained_beside_it():
    schema = yaml.safe_load((ROOT / "config" / "schema.yaml").read_text())
    text = (ROOT / "config" / "README.md").read_text().split("## Keys")[1]
    assert re.findall(r"^\| `(\w+)`", text, re.M) == list(schema["properties"])


def test_dependencies_are_locked_and_allowed_by_their_bounds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    for text in [*project["dependencies"], *(one for extra in extras for one in extra)]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(
            lock()[canonicalize_name(requirement.name)]
        )


def missing(paths, packages):
    """What files import that no package gives, nor one that it depends on."""
    used = {name.partition(".")[0] for path in paths for name in imports(path)}
    ours = used - set(sys.stdlib_module_names) - {"ontogeny"}
    modules = {"pyyaml": "yaml", "markdown-it-py": "markdown-it"}
    modules |= {"scikit-learn": "sklearn"}
    known = {modules.get(package, package) for package in packages}
    # spaCy's own parts, and requests, which pooch downloads with.
    return {canonicalize_name(name) for name in ours} - known - {"thinc", "requests"}


def test_what_the_core_imports_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["workflow"]]
    names = [canonicalize_name(Requirement(text).name) for text in declared]
    assert missing(CORE + SCRIPTS, names) == set()


def test_what_a_job_imports_is_in_the_conda_environment():
    not_in_jobs = ("cli", "settings")
    core = [path for path in CORE if path.parent.name not in not_in_jobs]
    assert missing(core + SCRIPTS, environment()) == set()


@pytest.mark.parametrize(
    ("paths", "limit"),
    [(SCRIPTS, 30), (CORE, 250), (RULES, 150)],
    ids=["scripts", "core", "rules"],
)
def test_files_are_short(paths, limit):
    too_long = {
        name: lines
        for path in paths
        if (lines := filled(path))
        > LONGER.get(name := str(path.relative_to(ROOT)), limit)
    }
    assert too_long == {}


def written_out(path):
    """A file of rules, those that are made in a loop under the name of their script."""
    text = path.read_text()
    for loop in re.findall(r"^    rule:\n(?: {8}.*\n|\n)+", text, re.M):
        name = re.search(r'name:\n +f?"?(\w+?)_?[{."]', loop)[1]
        rule = textwrap.dedent(loop).replace("rule:", f"rule {name}:", 1)
        text = text.replace(
            loop, re.sub(r'f"(\w+)_\{(?:study.)?name\}"', r'"\1"', rule)
        )
    return text


def rules():
    """Name and directives of every rule that runs something."""
    for path in RULES:
        for text in re.split(r"^(?=rule |use rule )", written_out(path), flags=re.M)[
            1:
        ]:
            if text.startswith("use"):
                continue  # runs another's script, with other files
            directives = dict(
                re.findall(r"^    (\w+):(.*(?:\n(?: {8}.*)?)*)", text, re.M)
            )
            name = re.match(r"rule (\w+):", text)[1]
            if set(directives) - {"input", "name"}:
                yield pytest.param(name, directives, id=name)


@pytest.mark.parametrize(("name", "directives"), list(rules()))
def test_every_rule_is_complete_and_named_as_its_script(name, directives):
    wanted = [
        "output",
        "log",
        "benchmark",
        "conda",
        "threads",
        "resources",
        "params",
        "message",
        "script",
    ]
    assert set(wanted) <= set(directives)
    assert f"../workflow/scripts/{name}.py" in directives["script"]
    of_studies = (ROOT / "rules" / "studies.smk").read_text()
    params = directives["params"].replace("within=PLOT_CODE", of_studies)
    assert f'core_digest("{name}.py"' in params
    # Which class a recipe names, no import says: the digest must be told.
    told = f'core_digest("{name}.py", MODEL.module' in directives["params"]
    assert told == ("recipe=LM_RECIPE" in directives["params"])
    # Memory and time as `ontogeny estimate` has them for this very rule.
    assert f'**needs("{name}")' in directives["resources"]


def test_a_rule_that_runs_another_s_script_asks_for_its_own_needs():
    text = "\n".join(path.read_text() for path in RULES)
    used = re.findall(r"^use rule \w+ as (\w+) with:\n((?: .*\n|\n)*)", text, re.M)
    assert used
    for name, body in used:
        assert re.findall(r"needs\(\"(\w+)\"\)", body) == [name]


def test_files_of_rules_share_one_namespace_and_no_name():
    """What one file names, another would silently replace."""
    names = [
        name
        for path in [*RULES, ROOT / "workflow" / "Snakefile"]
        for name in re.findall(r"^(?:def )?(\w+)(?:\(.*:$| = )", path.read_text(), re.M)
    ]
    assert len(names) > 100
    assert sorted(name for name, count in Counter(names).items() if count > 1) == []


def test_the_slurm_profile_names_the_rules_that_take_a_gpu(root):
    text = (root / "profiles" / "slurm" / "profile.yaml").read_text()
    said = text.partition("that is --gpus=1: ")[2].partition(".")[0]
    rules_text = "\n".join(written_out(path) for path in RULES)
    each = re.split(r"^(?=rule |use rule )", rules_text, flags=re.M)[1:]
    asking = {
        re.match(r"(?:rule|use rule \w+ as) (\w+)", text)[1]
        for text in each
        if "gpu=USES_GPU" in text
    }
    assert set(re.findall(r"\w+", said)) == asking


def test_every_script_has_a_rule():
    named = {parameter.id for parameter in rules()}
    assert {path.stem for path in SCRIPTS} == named


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_only_translate(path):
    """One function, `main`, without a branch; work starts when run."""
    *body, last = ast.parse(path.read_text()).body
    kinds = (ast.Expr, ast.Import, ast.ImportFrom, ast.FunctionDef)
    assert all(isinstance(node, kinds) for node in body)
    assert [node.name for node in body if isinstance(node, ast.FunctionDef)] == ["main"]
    assert ast.unparse(last) == "if __name__ == '__main__':\n    run(main, snakemake)"
    branches = (ast.If, ast.While, ast.Try)
    assert not any(
        isinstance(node, branches) for part in body for node in ast.walk(part)
    )


def test_the_version_is_told(capsys):
    from ontogeny import __version__
    from ontogeny.cli import main

    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"{__version__}\n"


def test_an_answer_that_nobody_reads_to_its_end_leaves_no_traceback(root):
    unread, answer = os.pipe()
    os.close(unread)
    done = subprocess.run(
        [sys.executable, "-m", "ontogeny", "schema"],
        cwd=root,
        stdout=answer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(answer)
    assert (done.returncode, done.stderr) == (1, "")
