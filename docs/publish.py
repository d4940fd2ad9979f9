"""Copy what a run has found to docs/ and README.md: claims, their counts, figures.

`make publish RUN=results/mini` writes anew what lies there of a run of that name: each
page of docs/studies/claims/ but its head, the verdicts in README's tables and the
studies' pages that link to it, and the figures under docs/figures/, of its control,
too. What the prose says of a verdict that has changed is for a person; the changes are
printed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import yaml

from ontogeny.claims.controls import LANGUAGE, SHUFFLED
from ontogeny.claims.report import to_markdown
from ontogeny.claims.verdicts import NOT_REPRODUCED, VERDICTS
from ontogeny.disk.files import read_table

ROOT = Path(__file__).parents[1]
SHORT = {NOT_REPRODUCED: "not"}
ID = re.compile(r"\b[A-Z]\d+b?\b")


def publish(run: Path, root: Path = ROOT) -> list[str]:
    """Copy a run's claims, counts and figures; all is read before any is written.

    Args:
        run: The folder of its results, of whose name the pages are.
        root: Of the repository.

    Returns:
        What a person should know, a sentence each.

    Raises:
        FileNotFoundError: If it has no config.yaml, which every whole run has.
        KeyError: If a page names a claim that the run has not.
    """
    control = yaml.safe_load((run / "config.yaml").read_text())["control"]
    kind = SHUFFLED if control == "shuffled" else LANGUAGE
    told: list[str] = []
    new: dict[Path, str] = {}
    for page in sorted((root / "docs/studies/claims").glob(f"*-{run.name}.md")):
        study = page.stem.removesuffix(f"-{run.name}")
        made = run / study / "claims.parquet"
        if not made.exists():
            told.append(f"{page.name} stays as it is: there is no {made}.")
            continue
        table = read_table(made)
        without = run.with_name(f"{run.name}_control") / study / "claims.parquet"
        beside = read_table(without) if control and without.exists() else None
        before = page.read_text(encoding="utf-8")
        new[page] = claims_page(before, to_markdown(table, beside, kind=kind))
        for path in (root / "README.md", root / f"docs/studies/{study}.md"):
            text = new.get(path) or path.read_text(encoding="utf-8")
            new[path] = with_verdicts(text, page.name, table)
        seeds = ", ".join(map(str, sorted(table["seed"].dropna().unique().astype(int))))
        head = " ".join(before.split("\n\n", 2)[1].split())
        told.append(f'{page.name}, of seeds {seeds}, says of itself: "{head}"')
        told += changed(before, new[page])
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
    for made in (run, run.with_name(f"{run.name}_control")):
        figures = root / "docs/figures" / made.name
        for figure in sorted(figures.rglob("*.svg")):
            own = made / "figures" / figure.relative_to(figures)
            if own.exists():
                figure.write_bytes(own.read_bytes())
            else:
                told.append(f"{figure.name} stays as it is: there is no {own}.")
    return told


def claims_page(before: str, made: str) -> str:
    """A page with its old head, which says what was run, and the claims as made now."""
    title, copied, _ = before.split("\n\n", 2)
    return "\n\n".join([title, copied, made.split("\n\n", 1)[1]])


def with_verdicts(text: str, page: str, table: pd.DataFrame) -> str:
    """A text in which what links to a claims page says what the claims say now.

    Args:
        text: README's, whose tables have a last line that links to the page; or a
            study's, "Of the 3 claims: 2 reproduced, 1 not. [Every claim](…)".
        page: File name of the claims page.
        table: Of the verdicts.
    """
    claims = table.drop_duplicates("claim").set_index("claim")
    counts = counted(claims["verdict"])
    adjusted = claims["adjusted"][claims["adjusted"].ne("")]
    if len(adjusted):
        counts += f" (adjusted, of {len(adjusted)}: {counted(adjusted)})"
    link = rf"\]\((?:docs/studies/)?claims/{re.escape(page)}\)"
    one = rf"\d+\s(?:{'|'.join(sorted((*VERDICTS, 'not'), reverse=True))})"
    sentence = rf"(Of the )\d+( claims[^:]*:\s){one}(?:,\s{one})*([^.]*\.\s\[Every\s"
    now = rf"\g<1>{len(claims)}\g<2>{counted(claims['verdict'])}\g<3>"
    text = re.sub(rf"{sentence}claim{link})", now, text)
    lines = text.split("\n")
    for last, line in enumerate(lines):
        if not re.search(rf"^\| all claims.*{link}", line):
            continue
        lines[last] = re.sub(rf"\[[^\[]*({link})", rf"[{counts}\g<1>", line)
        first = max(n for n, row in enumerate(lines[:last]) if row.startswith("|---"))
        for at in range(first + 1, last):
            *cells, told, end = lines[at].split("|")
            if ids := ID.findall(told):
                told = f" {grouped(claims['verdict'], ids)} "
            lines[at] = "|".join([*cells, told, end])
    return "\n".join(lines)


def counted(verdicts: pd.Series) -> str:
    """Counts of verdicts.

    >>> counted(pd.Series(["not run", "reproduced", "not reproduced", "reproduced"]))
    '2 reproduced, 1 not, 1 not run'
    """
    found = verdicts.value_counts()
    return ", ".join(f"{found[v]} {SHORT.get(v, v)}" for v in VERDICTS if v in found)


def grouped(verdicts: pd.Series, ids: Iterable[str]) -> str:
    """Claims by their verdict.

    Args:
        verdicts: By the id of the claim.
        ids: Of which claims.

    >>> found = {"X1": "not reproduced", "X2": "reproduced", "X3": "not reproduced"}
    >>> grouped(pd.Series(found), ["X3", "X2", "X1"])
    'X2 reproduced; X1, X3 not'
    >>> grouped(pd.Series(found), ["X3"])
    'X3 not reproduced'
    """
    in_order = sorted(ids, key=lambda one: (int(re.sub(r"\D", "", one)), one))
    groups = {v: [one for one in in_order if verdicts[one] == v] for v in VERDICTS}
    found = {v: ", ".join(own) for v, own in groups.items() if own}
    if [*found] == [NOT_REPRODUCED]:
        return f"{found[NOT_REPRODUCED]} {NOT_REPRODUCED}"
    return "; ".join(f"{own} {SHORT.get(v, v)}" for v, own in found.items())


def changed(before: str, after: str) -> list[str]:
    """Verdicts that one claims page has and the other has not, a phrase each."""
    old, new = verdicts(before), verdicts(after)
    return [
        f"{claim}, {column}: {old.get((claim, column), 'not there')}, now {verdict}."
        for (claim, column), verdict in new.items()
        if old.get((claim, column)) != verdict
    ]


def verdicts(page: str) -> dict[tuple[str, str], str]:
    """The verdicts of a claims page, by claim and column.

    >>> lines = "| id | x | verdict (test) |", "|---|---|---|", "| X1 | a | not run: b|"
    >>> verdicts("".join(f"{line}\\n" for line in lines))
    {('X1', 'test'): 'not run'}
    """
    found = {}
    for head, _, *rows in tables(page):
        for claim, *cells in rows:
            for name, cell in zip(head[1:], cells, strict=True):
                if name.startswith("verdict ") and cell != "–":
                    column = name.removeprefix("verdict (").rstrip(")")
                    found[claim, column] = re.split(r":| \(|;|<br>", cell)[0]
    return found


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table of a page, line by line.

    >>> tables("| x |\\n|---|\\n| \\\\|x\\\\| > 0 |\\n")
    [[['x'], ['---'], ['\\\\|x\\\\| > 0']]]
    """
    return [
        [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in block.splitlines()
        ]
        for block in re.findall(r"(?:^\|.*\n)+", text, re.M)
    ]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Which run? make publish RUN=results/mini")
    try:
        sentences = publish(Path(sys.argv[1]))
    except (FileNotFoundError, NotADirectoryError) as error:
        sys.exit(f"{error.filename} is not there: run the whole workflow first.")
    except KeyError as error:
        sys.exit(f"{error} is in a page, but not in {sys.argv[1]}: is it of this code?")
    nothing = f"No page or figure of docs/ is of a run named {Path(sys.argv[1]).name}."
    print("\n".join(sentences) or nothing)
