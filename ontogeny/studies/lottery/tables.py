"""Table A1 with all chains, and what else of the models is told in numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.line_tables import last_losses
from ontogeny.studies.lottery.names import CHAINS, DENSE
from ontogeny.studies.lottery.points import sorted_by_chain, sparsities, with_null

DENSE_BLEU = 27.77
PAPER = {
    "magnitude": (28.04, 28.00, 27.70, 27.93, 27.80, 27.76, 27.61, 27.19, 27.16),
    "random": (27.59, 27.81, 27.46, 27.24, 26.90, 26.51, 26.14, 25.82, 25.33),
}
"""BLEU of LTH1, LTH2, … on newstest2014: 003, table A1."""

TALL = ("directions", "participation")
"""How measures begin that are numbers of directions."""
MODEL = ["chain", "prunings"]
ABSENT = "–"
NOTHING = "Nothing was measured for it in this run."
ABOUT = {
    "a1": "LTHk has gone through k prunings of a fifth of what remained, or fewer that "
    "take as much at once. Sparsity is the share of weights that are pruned: of all "
    "parameters, and of those that may be pruned, which embeddings, biases and norms "
    "may not. BLEU and chrF by test text; validation loss in nats per subword, after "
    "the last epoch. Means over seeds, in brackets the least and the most of several. "
    "Chain *unpruned* was retrained as often as the others and never pruned; *another* "
    "is LTH0 of another seed, from which no chain begins.",
    "paper": "The paper's numbers are of WMT'16 English–German at the size of "
    "Transformer-Big, its BLEU detokenised on newstest2014: another text, another size "
    "and another BLEU, so that only their order and their fall can be compared.",
    "similarities": "Of LTH0 and the sparsest model of each chain, layer by layer; "
    "what is of one model is of the sparsest one. *unpruned* was only retrained, "
    "*another* is LTH0 of another seed, *untrained* are two models that have seen no "
    "text: what their maps share is their mask's, which adjusted rows are without. "
    "*without ends*: the magnitude chain without `</s>` of the source and `<s>` of the "
    "target; of shares of queries, without a decoder's first one, which sees itself "
    "alone. Means over seeds.",
    "texts": "As models read them. Pairs are left out of which a "
    "side has too many subwords; an unknown subword is a character that the training "
    "text lacks.",
    "dead": "Rows (outputs) and columns (inputs) of which every weight is pruned, "
    "summed over all matrices; means over seeds.",
    "overlaps": "Share of the weights pruned in one model that are pruned in another, "
    "too, beside what chance would give if both had pruned as many of each matrix; "
    "means over seeds.",
}


def table_a1(inputs: Inputs) -> pd.DataFrame:
    """One row for each model of each chain.

    Returns:
        Columns model (LTHk), chain, prunings, sparsity_including, sparsity_excluding;
        bleu_<test> of each test text, chrf_<test> of the first, valid_loss_nats, each
        with its least and most over seeds (_min, _max); seeds; paper_bleu (NaN: the
        paper has none).
    """
    keys = [*MODEL, "seed"]
    tests = list(dict.fromkeys(inputs.quality["test"]))
    table = last_losses(inputs.curves).rename(columns={"value": "valid_loss_nats"})
    names: list[str] = []
    for test in tests:
        own = inputs.quality[inputs.quality["test"].eq(test)]
        its = {"bleu": f"bleu_{test}"}
        its |= {"chrf": f"chrf_{test}"} if test == tests[0] else {}
        names += its.values()
        own = own[[*keys, *its]].rename(columns=its)
        table = table.merge(own, on=keys, how="outer")
    table = with_null(table[table["chain"].isin((DENSE, *CHAINS))])
    names = sorted(names, key=lambda name: not name.startswith("bleu"))
    names.append("valid_loss_nats")
    rows = over_seeds(table, MODEL, mean=names, spread=names)
    of = sparsities(inputs.modules)[[*MODEL, "including", "excluding"]]
    rows = sorted_by_chain(rows.merge(of, on=MODEL, how="left"), ["prunings"])
    dense = rows["prunings"].eq(0)
    spreads = [f"{name}_{end}" for name in names for end in ("min", "max")]
    return pd.DataFrame(
        {
            "model": [f"LTH{k}" for k in rows["prunings"]],
            **{name: rows[name] for name in MODEL},
            # LTH0 has lost none, whether or not that was counted.
            "sparsity_including": rows["including"].astype(float).mask(dense, 0.0),
            "sparsity_excluding": rows["excluding"].astype(float).mask(dense, 0.0),
            **{name: rows[name] for name in [*names, *spreads, "seeds"]},
            "paper_bleu": [
                paper_bleu(chain, k)
                for chain, k in zip(rows["chain"], rows["prunings"], strict=True)
            ],
        }
    )


def paper_bleu(chain: str, prunings: int) -> float:
    """BLEU of the paper's model of a chain; NaN if it has none.

    >>> paper_bleu("magnitude", 8), paper_bleu("dense", 0), paper_bleu("unpruned", 1)
    (27.19, 27.77, nan)
    """
    if chain == DENSE:
        return DENSE_BLEU
    known = PAPER.get(chain, ())
    return known[prunings - 1] if 1 <= prunings <= len(known) else float("nan")


def to_markdown(inputs: Inputs, a1: pd.DataFrame, similarities: pd.DataFrame) -> str:
    """The tables for a reader, each with what it is.

    Args:
        inputs: Of all runs.
        a1: From `table_a1`.
        similarities: From `ontogeny.studies.lottery.beside_nulls`.
    """
    signatures = " or ".join(f"`{one}`" for one in sorted(_signatures(inputs)))
    signature = f" BLEU's signature: {signatures}." if signatures else ""
    parts = [
        "# Lottery tickets: tables",
        "## Table A1: sparsity and quality",
        ABOUT["a1"] + signature,
        ABOUT["paper"],
        as_markdown(_for_readers(a1)),
        "## Similarities beside their nulls",
        f"{ABOUT['similarities']} {_sparsest(inputs)}".strip(),
        as_markdown(_similarities(similarities)),
        "## Texts",
        ABOUT["texts"],
        as_markdown(_texts(inputs.texts)),
        "## Rows and columns that are wholly pruned",
        ABOUT["dead"],
        as_markdown(_dead(inputs.modules)),
        "## What two models have both pruned",
        ABOUT["overlaps"],
        as_markdown(_overlaps(inputs.overlaps)),
    ]
    return "\n\n".join(parts) + "\n"


def _sparsest(inputs: Inputs) -> str:
    """Which model of each chain that is, where chains are not of one length.

    Source: as `ontogeny.studies.lottery.beside_nulls` takes them.
    """
    own = inputs.layers[inputs.layers["chain"].isin(CHAINS)]
    last = own.groupby("chain", sort=False)["prunings_b"].max()
    if last.nunique() < 2:
        return ""
    told = ", ".join(f"{chain} LTH{k}" for chain, k in last.items())
    return f"Of different k: {told}; these columns are not each other's null."


def _signatures(inputs: Inputs) -> set[str]:
    return {str(one) for one in inputs.quality["signature"].dropna()}


def _for_readers(a1: pd.DataFrame) -> pd.DataFrame:
    """Table A1 as text, with the range over seeds in brackets."""
    found = {}
    for name in a1.columns:
        if name.endswith(("_min", "_max")) or name == "prunings":
            continue
        if name in ("model", "chain", "seeds"):
            found[name] = a1[name].astype(str).to_list()
            continue
        digits = 3 if name.startswith(("sparsity", "valid")) else 2
        low, high = a1.get(f"{name}_min"), a1.get(f"{name}_max")
        cells = [number(value, digits) for value in a1[name]]
        if low is not None and high is not None:
            ends = zip(cells, low, high, a1["seeds"], strict=True)
            cells = [
                f"{cell} ({number(least, digits)} to {number(most, digits)})"
                if seeds > 1
                else cell
                for cell, least, most, seeds in ends
            ]
        found[name] = cells
    return pd.DataFrame(found)


def _similarities(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table.columns.difference(["measure", "place", "layer"], sort=False)
    digits = table["measure"].map(lambda name: 1 if name.startswith(TALL) else 3)
    written = {
        name: [number(value, n) for value, n in zip(table[name], digits, strict=True)]
        for name in numbers
    }
    return table.assign(**written)


def _texts(counts: pd.DataFrame) -> pd.DataFrame:
    numbers = counts.drop(columns="text").map("{:,}".format)
    return pd.concat([counts["text"], numbers], axis=1)


def _dead(modules: pd.DataFrame) -> pd.DataFrame:
    of = sparsities(modules)
    of = sorted_by_chain(of[of["excluding"].gt(0)], ["prunings"])
    return pd.DataFrame(
        {
            "model": [f"LTH{k}" for k in of["prunings"]],
            "chain": of["chain"],
            "rows": [number(value, 1) for value in of["dead_rows"]],
            "columns": [number(value, 1) for value in of["dead_columns"]],
        }
    )


def _overlaps(overlaps: pd.DataFrame) -> pd.DataFrame:
    own = overlaps[overlaps["overlap"].notna()]
    same = own["seed"].eq(own["other_seed"])
    own = own.assign(beside=own["other_chain"].where(same, "another seed's"))
    crossed = ~same & own["chain"].ne(own["other_chain"])
    own.loc[crossed, "beside"] = "another seed's " + own["other_chain"]
    rows = over_seeds(own, [*MODEL, "beside"], mean=["overlap", "chance"])
    rows = sorted_by_chain(rows, ["beside", "prunings"])
    return pd.DataFrame(
        {
            "model": [f"LTH{k}" for k in rows["prunings"]],
            "chain": rows["chain"],
            "beside": rows["beside"],
            "overlap": [number(value, 3) for value in rows["overlap"]],
            "chance": [number(value, 3) for value in rows["chance"]],
        }
    )


def number(value: float, digits: int) -> str:
    """A number for a reader.

    >>> number(0.8581, 3), number(float("nan"), 3)
    ('0.858', '–')
    """
    return f"{value:.{digits}f}" if np.isfinite(value) else ABSENT


def as_markdown(table: pd.DataFrame) -> str:
    """A table of texts, or that there is nothing."""
    if table.empty:
        return NOTHING
    written = table.rename(columns=lambda name: name.replace("_", " "))
    return written.to_markdown(index=False, disable_numparse=True)
