"""How many tokens and directions a figure is made of, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ontogeny.studies.svcca.names import COMMON

FEW_DIRECTIONS = 10
"""Of fewer, a similarity is a mean over so few correlations that it can jump."""

# Of the domains that tagsets other than the articles' are learned from.
DOMAINS = {"xpos": "XPOS treebank", "sem": "SEM texts"}


def tokens_compared(table: pd.DataFrame) -> str:
    """On how many tokens representations were compared.

    Args:
        table: Columns tokens, articles and, where there are several texts,
            domain and tagset.

    >>> table = pd.DataFrame({
    ...     "tokens": [90, 30, 20], "articles": 7, "tagset": ["upos", "xpos", "xpos"],
    ...     "domain": ["articles", "articles", "xpos"]})
    >>> tokens_compared(table.iloc[:1])
    'Tokens compared: 90, articles (7 of them).'
    >>> tokens_compared(table)[38:]
    '90, XPOS treebank 20. Beside the XPOS treebank: 30 of articles.'
    """
    if not len(table):
        return ""
    of = f"articles ({table['articles'].max()} of them)"
    if "domain" not in table or set(table["domain"]) == {COMMON}:
        return f"Tokens compared: {table['tokens'].max():,}, {of}."
    common = table[table["domain"] == COMMON]
    counts, beside = [f"{of} {common['tokens'].max():,}"], []
    for domain, name in DOMAINS.items():
        own = table[table["domain"] == domain]
        if len(own):
            counts.append(f"{name} {own['tokens'].max():,}")
            same = common[common["tagset"].isin(own["tagset"])]["tokens"].max()
            if same < common["tokens"].max():
                beside.append(f"Beside the {name}: {same:,} of articles.")
    return " ".join([f"Tokens compared: {', '.join(counts)}.", *beside])


def tokens_labelled(table: pd.DataFrame, names: Mapping[str, str]) -> str:
    """On how many tokens accuracies were measured, by tagset.

    Args:
        table: Columns tagset, tokens and articles.
        names: Of the tagsets, for people, in order.

    >>> table = pd.DataFrame(
    ...     {"tagset": ["upos", "topic"], "tokens": [900, 1000], "articles": 7})
    >>> tokens_labelled(table, {"upos": "UPOS", "xpos": "XPOS", "topic": "topic"})
    'Tokens labelled: UPOS 900, topic 1,000; of 7 articles.'
    """
    most = table.groupby("tagset")["tokens"].max()
    counts = [f"{name} {most[key]:,}" for key, name in names.items() if key in most]
    if not counts:
        return ""
    return (
        f"Tokens labelled: {', '.join(counts)}; of {table['articles'].max()} articles."
    )


def fewest_directions(
    table: pd.DataFrame, places: Mapping[str, str], tagsets: Mapping[str, str]
) -> str:
    """How few directions a similarity to a tag model of true labels rests on.

    Args:
        table: Columns site, tagset, epoch, shuffled and, of similarities, kept_a
            (directions of the language model) and kept_b (of the tag model).
        places: Of the sites, for people.
        tagsets: Of the tagsets, for people.

    Returns:
        A sentence if there are fewer than `FEW_DIRECTIONS`, else "".

    >>> table = pd.DataFrame({
    ...     "site": ["h1", "h2"], "tagset": "xpos", "epoch": [3, 4], "shuffled": False,
    ...     "kept_a": [30.0, 2.0], "kept_b": [10.0, 12.0]})
    >>> fewest_directions(table, {"h1": "h¹", "h2": "h²"}, {"xpos": "XPOS"})
    'Fewest directions kept: 2 of the language model (h², epoch 4).'
    """
    if "kept_a" not in table:
        return ""
    true = table[~table["shuffled"].astype(bool)]
    found = []
    for column, whose in (("kept_a", "the language model"), ("kept_b", "a tag model")):
        few = true[true[column] < FEW_DIRECTIONS].sort_values(column, kind="stable")
        for row in few.head(1).to_dict("records"):
            which = {
                "kept_a": f"epoch {row['epoch']}",
                "kept_b": tagsets[row["tagset"]],
            }
            where = f"{places[row['site']]}, {which[column]}"
            found.append(f"{row[column]:.3g} of {whose} ({where})")
    return f"Fewest directions kept: {', '.join(found)}." if found else ""
