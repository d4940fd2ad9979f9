"""The table of verdicts as the text a reader opens: claims.md."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from ontogeny.claims.controls import (
    LANGUAGE,
    beside_control,
    beside_finding,
    control_finding,
)
from ontogeny.claims.over_runs import MOST
from ontogeny.claims.verdicts import NOT_REPRODUCED, NOT_RUN, VERDICTS

LEGEND = """\
A claim is about each run (seed), or about the mean over three runs or more, where it
says so. Each statistic is given as the mean over runs of its estimate, and in brackets
its 95 % bootstrap interval: of a claim about each run from the lowest to the highest
end of theirs. Below it are the runs' own estimates, and where the interval of each
lies: *in*, wholly on the criterion's side; *out*, wholly on the other; *open*.
*Reproduced*: the mean's interval is in, or every run's; *not reproduced*: it is out, or
every run's; else *undecided*; *not run*: a run lacks what the claim needs. One or two
runs speak for themselves, not for another training. E is the last epoch, e₁ the first,
early the first 20 %. Of several statistics all must hold. Not reproducing is a
result."""

OVER_RUNS = """\
A claim about the *mean over* runs is judged by its interval alone, not by where those
of the runs lie: it holds what differs between runs, which more of them narrow, and,
where runs share the test's items, what these leave open, which they do not. It is
Student's, so an end may lie beyond what the number can be. *count*: a number on which
all runs agree exactly; it is taken as sure (p = 0). *adjusted*: the verdict at a false
discovery rate of 5 % over those of the paper's claims that are about such a mean
(Benjamini and Yekutieli, 2001). What all runs share, their texts, splits, taggers and
tag models, is one draw, and no number of runs makes that surer."""

BESIDE = """\
*text − control*: the number on the text less that on a text without structure, which
has no runs in common with it, on the paper's first split; in brackets its 95 %
interval, of several pairs of runs the outermost ends. *Beyond* the control's: all of it
lies on the criterion's side of 0, of every part and pair, so that what holds here does
not hold as much without structure; *not beyond*: on the other; else *open*. Of one run
or two, an interval lacks what differs between runs."""


def to_markdown(
    table: pd.DataFrame, control: pd.DataFrame | None = None, *, kind: str = LANGUAGE
) -> str:
    """Write the table of verdicts, one section per paper.

    Args:
        table: As `ontogeny.claims.judge` returns it.
        control: The same for a text without structure: adds columns with its
            verdicts and how far the text's numbers are from its, and a section that
            says whether any claim that needs structure came out `reproduced` where
            there is none.
        kind: Which text that is (`ontogeny.claims.controls`).

    Returns:
        Markdown, ending in a newline.
    """
    sections = ["# Claims", LEGEND]
    if table["p"].notna().any():
        sections.append(OVER_RUNS)
    both = None
    if control is not None:
        both = control, beside_control(table, control)
        sections.append(BESIDE)
    for paper, rows in table.groupby("paper", sort=False):
        scores = "\n".join(f"- {score}" for score in _scores(rows))
        sections += [f"## {paper}", scores, _paper(rows, both, kind)]
    if both:
        sections += [f"## {kind.capitalize()}", control_finding(both[0], kind)]
        sections.append(beside_finding(table, both[1], kind))
    return "\n\n".join(sections) + "\n"


def to_landing_page(
    table: pd.DataFrame,
    control: pd.DataFrame | None,
    *,
    name: str,
    kind: str = LANGUAGE,
) -> str:
    """The first page of a run's report, in reStructuredText: how the claims came out.

    Args:
        table: As `ontogeny.claims.judge` returns it.
        control: The same for a text without structure.
        name: Of the run.
        kind: Which text that is.

    Returns:
        reStructuredText, ending in a newline.
    """
    title = f"{name}: how the papers' claims came out"
    parts = [
        f"{title}\n{'=' * len(title)}",
        *(
            # A line each: Snakemake centres the page, and of a long one cuts the top.
            f"**{paper}**: {'; '.join(_scores(rows, short=True))}."
            for paper, rows in table.groupby("paper", sort=False)
        ),
        *([] if control is None else [control_finding(control, kind)]),
        "Each study, on the left, has its figures, with what to look at in them; "
        "*Tables* has every claim's criterion, statistic and verdict, and what each "
        "verdict means.",
    ]
    return "\n\n".join(parts) + "\n"


def scoreboard(table: pd.DataFrame) -> pd.DataFrame:
    """Count verdicts: one row per (paper, split), one column per verdict."""
    one = table.drop_duplicates(["paper", "split", "claim"])
    counts = one.groupby(["paper", "split"], sort=False)["verdict"].value_counts()
    return counts.unstack(fill_value=0).reindex(columns=list(VERDICTS), fill_value=0)


def _scores(rows: pd.DataFrame, *, short: bool = False) -> list[str]:
    """What a paper's claims came out as, a phrase for each split.

    Args:
        rows: Of one paper.
        short: Leave out verdicts that no claim has, and a word.
    """
    counts = scoreboard(rows).reset_index(level="paper", drop=True)
    words: dict[Any, str] = {NOT_REPRODUCED: "not"} if short else {}

    def counted(line: pd.Series) -> str:
        return ", ".join(
            f"{n} {words.get(verdict, verdict)}"
            for verdict, n in line.items()
            if n or not short
        )

    found = [
        f"{split}: {counted(line)}{of_runs(rows[rows['split'].eq(str(split))])}"
        for split, line in counts.iterrows()
    ]
    family = rows[rows["adjusted"].ne("")].drop_duplicates("claim")
    if len(family):
        line = family["adjusted"].value_counts().reindex(list(VERDICTS), fill_value=0)
        one = "" if len(family) == 1 else "s"
        asked = f"{len(family)} claim{one} of {family['runs'].min()} runs or more"
        found[0] += f"; adjusted for {asked}: {counted(line[line > 0])}"
    return found


def of_runs(rows: pd.DataFrame) -> str:
    """Of which runs the verdicts of a paper and split are; "" without any.

    Args:
        rows: Of that paper and split.

    >>> told = {"claim": ["X1"] * 2, "verdict": "undecided", "seed": [1, 2], "runs": 2}
    >>> of_runs(pd.DataFrame(told))
    '; of each of 2 runs'
    """
    ran = rows[rows["verdict"].ne(NOT_RUN)]
    about = [
        (at["seed"].isna().any(), at["runs"].iloc[0]) for _, at in ran.groupby("claim")
    ]
    kinds = Counter(
        f"of the mean over {runs} runs" if mean
        else "of one run" if runs == 1
        else f"of each of {runs} runs"
        for mean, runs in sorted(about, reverse=True)
    )  # fmt: skip
    several = len(kinds) > 1
    told = [f"{n} {kind}" if several else kind for kind, n in kinds.items()]
    return f"; {', '.join(told)}" if told else ""


def _paper(
    rows: pd.DataFrame, both: tuple[pd.DataFrame, pd.DataFrame] | None, kind: str
) -> str:
    """The table of one paper.

    Args:
        rows: Its claims.
        both: Verdicts on the control, and how far the text's numbers are from its.
        kind: Which control it is.
    """
    splits = list(dict.fromkeys(rows["split"]))
    head = ["id", "claim", "criterion"]
    for split in splits:
        head += [f"statistic ({split})", f"verdict ({split})"]
    if both:
        head += [f"verdict ({kind})", "text − control"]
    lines = [_line(head), _line(["---"] * len(head))]
    for name, of_claim in rows.groupby("claim", sort=False):
        first = of_claim.iloc[0]
        cells = [str(name), _named(first), first["criterion"]]
        for split in splits:
            at = of_claim[of_claim["split"] == split]
            cells += [_statistics(at), _verdict(at)] if len(at) else ["–", "–"]
        if both:
            control, beside = both
            cells.append(_on_control(control[control["claim"] == name]))
            here = beside["claim"].eq(name) & beside["split"].eq(splits[0])
            cells.append(_beside(beside[here]))
        lines.append(_line(cells))
    return "\n".join(lines)


def _named(first: pd.Series) -> str:
    return f"{first['sentence']} ({first['source']})"


def _statistics(rows: pd.DataFrame) -> str:
    """One line per statistic, and below it what runs say."""
    shown = []
    for part, at in rows[rows["part"] != ""].groupby("part", sort=False):
        runs, mean = at[at["seed"].notna()], at[at["seed"].isna() & at["low"].notna()]
        if len(mean):  # of all runs together
            told = tuple(mean.iloc[0][["estimate", "low", "high"]])
        else:  # the mean over seeds, from the lowest low to the highest high
            told = runs["estimate"].mean(), runs["low"].min(), runs["high"].max()
        middle, low, high = map(_number, told)
        shown.append(f"{part}: {middle} [{low}, {high}]")
        shown += list(filter(None, mean["note"]))
        if len(runs) > 1:
            of = "mean over " if len(mean) else ""
            shown.append(f"{of}{len(runs)} runs: {_each(runs)}")
        shown += _notes(runs)
    return "<br>".join(shown) or "–"


def _each(runs: pd.DataFrame) -> str:
    """What each run says, and where its interval lies: once, where all lie alike."""
    values, states = [*map(_number, runs["estimate"])], [*runs["state"]]
    if len(set(states)) == 1:
        # A gate keeps a claim from being asked, though its numbers are there.
        lie = "" if states[0] == NOT_RUN else f" (each {states[0]})"
        return ", ".join(values) + lie
    both = zip(values, states, strict=True)
    return ", ".join(f"{value} ({state})" for value, state in both)


def _notes(rows: pd.DataFrame) -> list[str]:
    """What the seeds' notes say, once where all say the same."""
    if rows["note"].nunique() == 1:
        return [note for note in rows["note"].unique() if note]
    both = zip(rows["seed"], rows["note"], strict=True)
    # Read from Parquet, where one is missing, seeds are not whole numbers.
    return [f"seed {int(seed)}: {note}" for seed, note in both if note]


def _verdict(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    found = first["verdict"]
    gated = f"; without its gate {first['ungated']}" if first["ungated"] else ""
    if first["adjusted"] and first["adjusted"] != found:
        found += f" (adjusted: {first['adjusted']})"
    more = int(first["runs_to_decide"])
    if more:
        needed = f"{more} runs" if more <= MOST else f"more than {MOST} runs"
        found += f" (at today's estimates {needed} would decide)"
    return (f"{found}: {first['reason']}" if first["reason"] else found) + gated


def _on_control(rows: pd.DataFrame) -> str:
    """The verdict there; one per split where the splits differ."""
    one = rows.drop_duplicates("split").set_index("split")
    gate = one["ungated"].map(lambda told: told and f"; without its gate {told}")
    by_split = one["verdict"] + gate
    if by_split.nunique() <= 1:
        return next(iter(by_split), "–")
    return "<br>".join(f"{split}: {verdict}" for split, verdict in by_split.items())


def _beside(rows: pd.DataFrame) -> str:
    """How far a claim's numbers are from the control's."""
    shown = [
        f"{part}: {apart} [{low}, {high}]"
        for part, *numbers in rows[["part", "difference", "low", "high"]].to_numpy()
        for apart, low, high in [map(_number, numbers)]
    ]
    return "<br>".join([*shown, *rows["beside"].unique()]) or "–"


def _number(x: float) -> str:
    if abs(x) >= 1000:
        return f"{x:,.0f}"
    # Two digits of a small number, but none of a rounding error.
    return f"{x:.3f}" if abs(x) >= 0.01 or abs(x) < 1e-9 else f"{x:.2g}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
