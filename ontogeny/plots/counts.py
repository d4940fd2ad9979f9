"""How many tokens a figure is made of, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ontogeny.svcca.names import COMMON

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
