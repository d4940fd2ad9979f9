"""Damage every kind of file that the workflow writes, and see whether it is told.

    python tests/survival/flips.py

runs tiny, damages copies of its files, and writes the table of docs/survival.md.
"""

import argparse
import io
import itertools
import random
import re
import runpy
import shlex
import shutil
import sys
import tempfile
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))

from declared import declared
from pages import write_section
from runs import run_snakemake

from ontogeny.cli import main as ontogeny
from ontogeny.running.sums import is_intact

ROOT = Path(__file__).parents[2]
USED_AGAIN = re.compile(r"^use rule (\w+) as (\w+) with:", re.M)
REMEDY = re.compile(
    r"elete it and make it again: snakemake (.*?) \(CONFIG: as before\)"
)


class Kind(NamedTuple):
    """A kind of file: what it is called, and which paths are of it, in this order."""

    name: str
    pattern: str


KINDS = [
    Kind("trees (CoNLL-U)", r"\.conllu$"),
    Kind("subwords (JSON)", r"\.json$"),
    Kind("pipeline of the tagger", r"/tagger\.bin$"),
    Kind("weights (safetensors)", r"\.safetensors$"),
    Kind("vectors of tokens (Parquet)", r"/epoch\d+/\w+\.parquet$"),
    Kind("tags (Parquet)", r"/tagging/tags/"),
    Kind("tokens and sentences (Parquet)", r"/(corpus|texts|official)/.*\.parquet$"),
    Kind(
        "texts and items of scaffolds (Parquet)", r"/length\d+/(?!measures).*\.parquet$"
    ),
    Kind("tables of figures (Parquet)", r"/figures/.*\.parquet$"),
    Kind("claims (Parquet)", r"/claims\.parquet$"),
    Kind("other tables (Parquet)", r"\.parquet$"),
    Kind("figures (PDF)", r"\.pdf$"),
    Kind("figures (SVG)", r"\.svg$"),
    Kind("figures (PNG)", r"\.png$"),
    Kind("pages (Markdown)", r"\.md$"),
    Kind("pages (HTML)", r"\.html$"),
    Kind("first page of the report", r"\.rst$"),
    Kind("config (YAML)", r"\.yaml$"),
]


def kind_of(path):
    """The kind that a path is of."""
    return next(kind.name for kind in KINDS if re.search(kind.pattern, path))


def flip(data, part, rng):
    """Flip one random bit in a third of the data: 0 head, 1 middle, 2 tail."""
    size = 8 * len(data)
    bit = rng.randrange(part * size // 3, (part + 1) * size // 3)
    damaged = bytearray(data)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def cut(data, rng):
    """Keep a random part of the data, perhaps nothing, never all."""
    return data[: rng.randrange(len(data))]


def damages(data, rng):
    """Damaged versions, by what was done: three flips, two cuts."""
    yield from (("bit flip", flip(data, part, rng)) for part in range(3))
    yield from (("truncation", cut(data, rng)) for _ in range(2))


def script_of(rule, repository):
    """The script of a rule.

    It is called like the rule, or like that which it uses; the rules of a loop have
    further words after the name, such as a study's or a task's.
    """
    texts = (path.read_text() for path in (repository / "rules").glob("*.smk"))
    pairs = (pair for text in texts for pair in USED_AGAIN.findall(text))
    rule = {new: old for old, new in pairs}.get(rule, rule)
    scripts = (repository / "workflow" / "scripts").glob("*.py")
    own = (path for path in scripts if f"{rule}_".startswith(f"{path.stem}_"))
    return max(own, key=lambda path: len(path.stem))


class Finished:
    """A copy of a finished run, in which files may be damaged.

    Args:
        folder: Of the copy.
        repository: Whose workflow made it.
        config: With which.
    """

    def __init__(self, folder, repository, config):
        self.folder, self.repository, self.config = folder, repository, config
        self.outputs = declared(folder=folder, repository=repository, config=config)
        self.readers = {path: out for out in self.outputs for path in out.inputs}

    def told(self, path):
        """What the job that reads a file says of it; empty if it goes on.

        The job is started as Snakemake starts it, but without parameters: it
        must have ended before it needs any.
        """
        reader = self.readers[path]
        job = SimpleNamespace(input=reader.inputs, output=[], log=["logs/flips.log"])
        said = io.StringIO()
        with chdir(self.folder), redirect_stderr(said), suppress(Exception):
            try:
                runpy.run_path(
                    str(script_of(reader.rule, self.repository)),
                    init_globals={"snakemake": job},
                    run_name="__main__",
                )
            except SystemExit:
                return said.getvalue().removeprefix("Error: ")
        return ""

    def diagnosed(self):
        """What `ontogeny doctor` says is wrong."""
        for name in ("config", "profiles"):  # it looks at a repository
            if not (self.folder / name).exists():
                shutil.copytree(self.repository / name, self.folder / name)
        said = io.StringIO()
        with chdir(self.folder), redirect_stdout(said):
            ontogeny(["doctor", "--configfile", str(self.config)])
        lines = said.getvalue().splitlines()
        return [line[9:] for line in lines if line.startswith("problem")]

    def follow(self, told):
        """Do literally what a sentence says; how Snakemake ended."""
        (command,) = REMEDY.findall(told)
        *_, path = shlex.split(command)
        (self.folder / path).unlink()
        return run_snakemake(
            *(path, "--configfile", self.config),
            folder=self.folder,
            repository=self.repository,
            cores=1,
        )


def examples(outputs, each, rng):
    """Seeded files of every kind that there is: `each`, or as many as there are."""
    paths = {kind.name: [] for kind in KINDS}
    for output in outputs:
        paths[kind_of(output.path)].append(output.path)
    return {
        kind: rng.sample(files, min(each, len(files)))
        for kind, files in paths.items()
        if files
    }


class Told(NamedTuple):
    """What was done to a file, who was asked, and what was said."""

    path: str
    damage: str
    by: str
    sentence: str

    @property
    def is_right(self):
        """Whether the sentence names the file and a remedy."""
        named = self.sentence.startswith(f"{self.path} is ")
        return named and bool(REMEDY.search(self.sentence))


def damage_all(finished, paths, rng):
    """Damage files in every way in turn, and ask their readers or else the doctor."""
    unread = [path for path in paths if path not in finished.readers]
    told = []
    for path in (path for path in paths if path in finished.readers):
        for what, damaged in damages((finished.folder / path).read_bytes(), rng):
            with put(finished.folder, {path: damaged}):
                told.append(Told(path, what, "its reader", finished.told(path)))
    ways = [damages((finished.folder / path).read_bytes(), rng) for path in unread]
    for way in zip(*ways, strict=True):
        damaged = {path: data for path, (_, data) in zip(unread, way, strict=True)}
        with put(finished.folder, damaged):
            said = finished.diagnosed()
        for path in unread:
            of_it = (line for line in said if line.startswith(f"{path} "))
            told.append(Told(path, way[0][0], "`doctor`", next(of_it, "")))
    return told


@contextmanager
def put(folder, contents):
    """Meanwhile let files have other contents."""
    originals = {path: (folder / path).read_bytes() for path in contents}
    try:
        for path, data in contents.items():
            (folder / path).write_bytes(data)
        yield
    finally:
        for path, data in originals.items():
            (folder / path).write_bytes(data)


def repair(finished, path, rng):
    """Damage a file and follow the remedy; whether it is as it was then."""
    file = finished.folder / path
    data = file.read_bytes()
    file.write_bytes(flip(data, 1, rng))
    if path in finished.readers:
        sentence = finished.told(path)
    else:
        (sentence,) = finished.diagnosed()
    run = finished.follow(sentence)
    return run.status == 0 and file.read_bytes() == data and is_intact(file)


def table(told, repaired, kinds):
    """The section of docs/survival.md, of `damage_all` and `repair`."""
    lines = [
        "| kind | files tried | told by | bit flip | truncation | remedy works |",
        "|---|---|---|---|---|---|",
    ]
    for kind, paths in kinds.items():
        those = [one for one in told if one.path in paths]
        columns = [
            ", ".join(sorted({one.by for one in those})),
            *(_count(those, what) for what in ("bit flip", "truncation")),
            "yes" if repaired[kind] else "**no**",
        ]
        lines.append(f"| {kind} | {len(paths)} | {' | '.join(columns)} |")
    return "\n".join(lines)


def _count(told, damage):
    right = [one.is_right for one in told if one.damage == damage]
    return f"{sum(right)}/{len(right)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=5, help="files of a kind")
    parser.add_argument("--finished", type=Path, help="folder of a finished tiny run")
    parser.add_argument("--page", type=Path, default=ROOT / "docs/survival.md")
    called = parser.parse_args()
    rng, config = random.Random(called.seed), ROOT / "config" / "tiny.yaml"
    folder = Path(tempfile.mkdtemp(prefix="flips")) / "run"
    if called.finished:
        shutil.copytree(called.finished, folder)
    else:
        run = run_snakemake("--configfile", config, folder=folder, repository=ROOT)
        assert run.status == 0, run.text
    finished = Finished(folder, ROOT, config)
    kinds = examples(finished.outputs, called.each, rng)
    told = damage_all(finished, list(itertools.chain(*kinds.values())), rng)
    repaired = {kind: repair(finished, paths[0], rng) for kind, paths in kinds.items()}
    text = table(told, repaired, kinds)
    print(text)
    write_section(called.page, "flips", text)
    return int(not all(repaired.values()) or any(not one.is_right for one in told))


if __name__ == "__main__":
    sys.exit(main())
