"""Look at a machine, its packages, the data and the results, and say what is amiss."""

from __future__ import annotations

import importlib.util
import platform
import shlex
import shutil
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import yaml

from ontogeny import __version__
from ontogeny.cli import DEFAULT
from ontogeny.cli.config import DATASETS, MODELS, read_config
from ontogeny.cli.findings import Finding, gb
from ontogeny.cli.machine import cores, free_bytes, memory_bytes
from ontogeny.cli.results import examine_results
from ontogeny.disk.files import check_writable, sha256
from ontogeny.errors import InputError, one_line
from ontogeny.running.states import State, read_states
from ontogeny.settings import (
    Dataset,
    Settings,
    check_sources,
    chosen_model,
    file_places,
    read_datasets,
    read_models,
    used_datasets,
)

PROFILES = Path("profiles")
LOCK = Path("requirements.lock")
STATE = Path("state")
WRITTEN = ("results", "logs", "state")
SNAKEMAKE = (9, 19)
"""The workflow's `min_version`."""


def examine(configfiles: Sequence[Path], given: Sequence[str] = ()) -> list[Finding]:
    """Everything worth knowing before a run, from the repository's root.

    Args:
        configfiles: Whose data and results are looked at.
        given: See `read_config`.
    """
    findings = [*_python(), *_torch(), *_machine(), *_snakemake(), *_profiles()]
    try:
        settings = read_config(configfiles, given)
        chosen_model(settings, read_models(MODELS))
        findings += _device(settings)
        datasets = read_datasets(DATASETS)
        check_sources(settings, datasets)
        findings += [*_spacy(settings), *_data(settings, datasets)]
        findings += examine_results(Path("results", settings.name))
        for others in (f"{settings.name}_control", f"benchmarks/{settings.name}"):
            if Path("results", others).exists():
                findings += examine_results(Path("results", others))
    except InputError as error:
        findings.append(Finding("problem", str(error)))
    findings += [*_locks(), *_states()]
    return [*findings, _next(findings, configfiles, given)]


def _python() -> Iterator[Finding]:
    yield Finding("ok", f"ontogeny {__version__}, Python {platform.python_version()}")
    if not LOCK.exists():
        return
    pins = dict(
        line.split("==")
        for line in LOCK.read_text(encoding="utf-8").split()
        if "==" in line
    )
    # A build such as 2.13.0+cpu is the pinned 2.13.0.
    found = {name: (_version(name) or "").partition("+")[0] for name in pins}
    other = [name for name in pins if found[name] != pins[name]]
    if other:
        few = ", ".join(f"{name} {found[name] or 'missing'}" for name in other[:3])
        yield Finding(
            "note",
            f"{len(other)} of {len(pins)} packages are not as {LOCK} pins them ({few}"
            f"{', …' * (len(other) > 3)}): `make env` installs these; with others, "
            "results agree but not to the last bit",
        )


def _torch() -> Iterator[Finding]:
    try:
        import torch
    except ImportError as error:
        yield Finding("problem", f"PyTorch cannot be imported ({error}): `make env`.")
        return
    name = f"PyTorch {torch.__version__}"
    for index in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(index)
        yield Finding("ok", f"{name}: {about.name}, {gb(about.total_memory)}")
    if not torch.cuda.is_available():
        yield Finding("ok", f"{name}, no GPU: `device: auto` trains on the CPU")
        if shutil.which("nvidia-smi"):
            yield Finding(
                "note",
                "there is nvidia-smi but PyTorch sees no GPU: is this its CPU build? "
                "README.md says how to install the other",
            )


def _device(settings: Settings) -> Iterator[Finding]:
    if settings.device != "cuda" or _version("torch") is None:
        return
    import torch

    if not torch.cuda.is_available():
        yield Finding(
            "problem", "The config says `device: cuda`, and PyTorch sees no GPU here."
        )


def _machine() -> Iterator[Finding]:
    try:
        check_writable(name for name in WRITTEN if Path(name).exists())
    except InputError as error:
        yield Finding("problem", str(error))
    free = free_bytes("results")
    yield Finding(
        "ok",
        f"{cores()} cores, {gb(memory_bytes())} of memory, {gb(free)} free where "
        "results/ is",
    )
    if memory_bytes() < 4e9:
        yield Finding("note", "less than 4 GB of memory: ask `ontogeny estimate`")
    if free < 2e9:
        yield Finding("problem", "Less than 2 GB are free where results/ is.")


def _snakemake() -> Iterator[Finding]:
    found = _version("snakemake")
    if found is None:
        yield Finding(
            "note", "no Snakemake: the package works, the workflow needs `make env`"
        )
    elif tuple(int(part) for part in found.split(".")[:2]) < SNAKEMAKE:
        wanted = ".".join(map(str, SNAKEMAKE))
        yield Finding("problem", f"Snakemake {found} is older than {wanted}: make env.")
    else:
        yield Finding("ok", f"Snakemake {found}")


def _profiles() -> Iterator[Finding]:
    for file in sorted(PROFILES.glob("*/*.yaml")):
        problems = list(_profile(file))
        yield from (Finding("problem", f"{file}: {problem}") for problem in problems)
        if not problems:
            yield Finding("ok", f"{file.parent}")


def _profile(file: Path) -> Iterator[str]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        yield f"not YAML ({one_line(error)})."
        return
    if not isinstance(values, dict):
        yield "must hold `key: value` pairs."
        return
    # Snakemake takes a value that names a file beside the profile for its path.
    for key, value in values.items():
        if isinstance(value, str) and (file.parent / value).exists():
            yield f"{key}: {value} is taken for {file.parent / value}; rename that."
    executor = values.get("executor", "local")
    plugin = f"snakemake_executor_plugin_{executor}".replace("-", "_")
    if executor != "local" and importlib.util.find_spec(plugin) is None:
        yield f"executor: the plugin for {executor} is not installed: make env."


def _spacy(settings: Settings) -> Iterator[Finding]:
    found = _version("spacy")
    if found is None:
        yield Finding("problem", "spaCy, which tags the corpus, is missing: make env.")
    else:
        yield Finding("ok", f"spaCy {found}, pipeline: {settings.tagging.pipeline}")


def _data(settings: Settings, datasets: dict[str, Dataset]) -> Iterator[Finding]:
    for name in used_datasets(settings, datasets):
        for file, about in datasets[name].files.items():
            places = file_places(settings.data_dir, name, file)
            place = next((place for place in places if place.exists()), None)
            if place is None:
                yield Finding("note", f"{name}/{file} will be downloaded")
            elif sha256(place) == about.sha256:
                yield Finding("ok", f"{place}: checksum right")
            else:
                yield Finding(
                    "problem", f"{place} has another checksum: delete or replace it."
                )


def _locks() -> Iterator[Finding]:
    if any(Path(".snakemake", "locks").glob("*.lock")):
        yield Finding(
            "note",
            "this folder is locked: a workflow runs here, or was killed; where none "
            "runs, snakemake --unlock",
        )


def _states() -> Iterator[Finding]:
    """What trainings have left, and whether anything can need it."""
    states = read_states(STATE)
    finished = [state for state in states if state.is_delivered]
    if finished:
        size = sum(state.size for state in finished)
        yield Finding(
            "ok",
            f"{STATE}: {len(finished)} finished training(s) kept ({gb(size)} beside "
            "what results/ has), so that none is trained twice for nothing",
        )
    for state in (state for state in states if not state.is_delivered):
        first = state.outputs[0] if state.outputs else "unknown files"
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(state.saved_at))
        yield Finding(
            "note",
            f"{state.folder} ({gb(state.size)}): "
            f"{'a damaged' if state.is_damaged else 'an unfinished'} training of "
            f"{first}, last saved {when}; {_advice(state)}",
        )


def _advice(state: State) -> str:
    """What to do about a training that was not delivered."""
    if state.is_made:
        return (
            "these have been made since, with another config, data or code: delete it"
        )
    if state.is_damaged:
        return (
            "it was finished, and is trained anew when it is asked for: save from it "
            "what you want, then delete it"
        )
    return (
        "if it is not running now, it goes on when that is asked for with the same "
        "config, data and code; else delete it"
    )


def _next(
    findings: list[Finding], configfiles: Sequence[Path], given: Sequence[str]
) -> Finding:
    problems = sum(finding.level == "problem" for finding in findings)
    if problems:
        return Finding("next", f"mend the {problems} problem(s) above, then ask again")
    if _version("snakemake") is None:
        return Finding("next", "make env, for the workflow; then ask again")
    options = ""
    if [*configfiles] != [DEFAULT]:
        options += f" --configfile {shlex.join(map(str, configfiles))}"
    if given:
        options += f" --config {shlex.join(given)}"
    return Finding("next", f"snakemake all --cores {cores()}{options}")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
