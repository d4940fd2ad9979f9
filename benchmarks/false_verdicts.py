"""How often claims about structure come out `reproduced` where there is none.

Control languages, each of other words with classes, senses, topics and trees dealt by
lot, are made and studied by the workflow itself, at the size of config/tiny.yaml; then
verdicts are counted. No limit is passed or failed. Of a language that is in the folder
the workflow makes what is not there, or was made by other code.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import pandas as pd
import yaml
from scipy.stats import binomtest

from ontogeny.claims.verdicts import NOT_RUN, REPRODUCED
from ontogeny.disk.files import read_table, write_table, write_text

ROOT = Path(__file__).parents[1]
FOLDER = Path("results/benchmarks/false_verdicts")
STUDIES = ("sparsity", "svcca", "interdependence")
"""Those whose claims are judged on a control language; not structured, of whose claims
one is about structure, and which trains a network for every penalty."""
LANGUAGES, SEEDS, EPOCHS, RESAMPLES = 10, [1, 2, 3], 10, 1_000
ALL, ANY = "all claims", "languages with one or more"


def main(arguments: Sequence[str]) -> int:
    """Judge one language after the other; write the counts after each."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks false_verdicts", description=__doc__
    )
    parser.add_argument("--languages", type=int, default=LANGUAGES, metavar="N")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--cores", type=int, default=2, metavar="N")
    chosen = parser.parse_args(arguments)
    if chosen.languages < 1:
        parser.error("at least one language is needed: raise --languages")
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = []
    for language_seed in range(1, chosen.languages + 1):
        verdicts.append(verdicts_on(language_seed, folder, chosen.cores))
        counts = false_verdicts(pd.concat(verdicts, ignore_index=True))
        write_table(counts, folder / "false_verdicts.parquet")
        write_text(to_markdown(counts), folder / "false_verdicts.md")
    print(to_markdown(counts))
    return 0


def verdicts_on(language_seed: int, folder: Path, cores: int) -> pd.DataFrame:
    """The verdicts of all studies on one control language.

    Raises:
        CalledProcessError: If Snakemake fails, which says why.
    """
    before = _processor_seconds()
    settings = config(language_seed)
    file = folder / f"{settings['name']}.yaml"
    write_text(yaml.safe_dump(settings, sort_keys=False), file)
    control = f"results/{settings['name']}_control"
    claims = [f"{control}/{study}/claims.parquet" for study in STUDIES]
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    where = ["--directory", str(folder), "--configfile", str(file)]
    subprocess.run([*command, *where, "--", *claims], cwd=ROOT, check=True)
    seconds = _processor_seconds() - before
    print(f"Control language {language_seed}: {seconds:.0f} processor seconds.")
    verdicts = pd.concat([read_table(folder / path) for path in claims])
    return verdicts.assign(language=language_seed)


def config(language_seed: int) -> dict[str, Any]:
    """Settings of tiny with one language's seed, more epochs and seeds, and judged."""
    settings = yaml.safe_load((ROOT / "config" / "tiny.yaml").read_text())
    settings |= {"name": f"language{language_seed}", "studies": list(STUDIES)}
    settings |= {"seeds": SEEDS, "judged": True}
    settings["corpus"]["language_seed"] = language_seed
    # One split: claims about another of the same text would be counted twice.
    settings["measuring"]["splits"] = ["test"]
    for section in (
        settings["lm"],
        settings["svcca"],
        settings["interdependence"]["lm"],
    ):
        section["epochs"] = EPOCHS
    for study in STUDIES:
        settings[study]["resamples"] = RESAMPLES
    return settings


def false_verdicts(judged: pd.DataFrame) -> pd.DataFrame:
    """Count how often claims about structure are `reproduced` on control languages.

    Args:
        judged: Verdicts (`ontogeny.claims.judge`), with the language that each is of.

    Returns:
        A row for each claim and reading: claim, sentence, reading, run and reproduced
        (languages), low and high of the share's 95 % interval (Clopper & Pearson,
        1934), NaN where nothing was run. "As judged" is with the gates. Then `ALL`
        claims, every language's counted, though these hang together, so that the
        interval is too narrow; and `ANY`, languages, which are independent.
    """
    asked = judged[judged["needs_structure"]].drop_duplicates(["language", "claim"])
    free = asked["ungated"].str.split("[:(]", regex=True).str[0].str.strip()
    readings = {
        "as judged": asked["verdict"],
        "without gates": free.where(free.ne(""), asked["verdict"]),
        "adjusted": asked["adjusted"],
    }
    of = ["language", "claim", "sentence"]
    told = asked[of].assign(**readings).melt(of, var_name="reading")
    told["run"] = ~told["value"].isin(["", NOT_RUN])
    told["reproduced"] = told["value"].eq(REPRODUCED)
    flags = ["run", "reproduced"]
    anywhere = told.groupby(["reading", "language"], sort=False)[flags].any()
    totals = [told.assign(claim=ALL), anywhere.reset_index().assign(claim=ANY)]
    told = pd.concat([told, *(total.assign(sentence="") for total in totals)])
    by = ["claim", "sentence", "reading"]
    counts = told.groupby(by, sort=False)[flags].sum().reset_index()
    ends = [
        _interval(*row) for row in zip(counts["reproduced"], counts["run"], strict=True)
    ]
    return counts.assign(low=[low for low, _ in ends], high=[high for _, high in ends])


def to_markdown(counts: pd.DataFrame) -> str:
    """The counts as a table, a line for each claim and a column for each reading."""
    cells = counts.assign(cell=[_cell(row) for row in counts.itertuples()])
    wide = cells.pivot(index=["claim", "sentence"], columns="reading", values="cell")
    wide = wide.reindex(
        index=pd.MultiIndex.from_frame(counts[["claim", "sentence"]].drop_duplicates()),
        columns=counts["reading"].unique(),
    )
    return str(wide.reset_index().to_markdown(index=False))


def _interval(reproduced: int, run: int) -> tuple[float, float]:
    if not run:
        return float("nan"), float("nan")
    ends = binomtest(reproduced, run).proportion_ci(0.95, method="exact")
    return ends.low, ends.high


def _cell(row: Any) -> str:
    if not row.run:
        return "–"
    low, high = 100 * row.low, 100 * row.high
    return f"{row.reproduced} of {row.run} ({low:.0f}–{high:.0f} %)"


def _processor_seconds() -> float:
    """Of all processes that were started and have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
