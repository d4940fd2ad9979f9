"""How many tokens and directions a figure is made of, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ontogeny.studies.svcca.names import COMMON, LEARNED_POINTS, OWN_DOMAIN

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
    """On how many tokens accuracies were measured, by text and tagset.

    Args:
        table: Columns tagset, tokens and articles.
        names: Of the tagsets, for people, in order.

    >>> table = pd.DataFrame(
    ...     {"tagset": ["upos", "topic", "xpos"], "tokens": [900, 1000, 80],
    ...      "articles": 7})
    >>> names = {"upos": "UPOS", "xpos": "XPOS", "topic": "topic"}
    >>> tokens_labelled(table, names)
    'Tokens tested: UPOS 900, topic 1,000 (articles, 7 of them); XPOS 80 (XPOS \
treebank).'
    """
    most = table.groupby("tagset")["tokens"].max()
    texts: dict[str, list[str]] = {}
    for key, name in names.items():
        if key in most:
            text = OWN_DOMAIN.get(key, COMMON)
            texts.setdefault(text, []).append(f"{name} {most[key]:,}")
    if not texts:
        return ""
    called = DOMAINS | {COMMON: f"articles, {table['articles'].max()} of them"}
    counts = [f"{', '.join(own)} ({called[text]})" for text, own in texts.items()]
    return f"Tokens tested: {'; '.join(counts)}."


def directions_kept(table: pd.DataFrame, places: Mapping[str, str]) -> str:
    """How many directions of the language model enter, at first and last.

    A similarity is a mean over as many correlations, so that it falls where directions
    of little variance enter.

    Args:
        table: Columns site, epoch, kept_a and, of two sites of the model, other_site
            and kept_b; where there are several texts, domain; step, if that is what
            tells times of training apart.
        places: Of the sites, for people.

    >>> table = pd.DataFrame({
    ...     "site": ["h1"] * 3, "epoch": [0, 1, 9], "kept_a": [99.0, 35.0, 114.2]})
    >>> directions_kept(table, {"h1": "h¹", "h2": "h²"})
    'Directions of the language model that are compared, after epochs 0, 1, 9: h¹ 99, \
35, 114.'
    """
    if "kept_a" not in table or table.empty:
        return ""
    if "domain" in table:
        table = table[table["domain"] == COMMON]
    time = "step" if "step" in table else "epoch"
    known = sorted(set(table[time]))
    times = list(dict.fromkeys([known[0], known[min(1, len(known) - 1)], known[-1]]))
    kept = table[["site", time, "kept_a"]]
    if "other_site" in table:
        pairs = table[table["other_site"] != table["site"]]
        others = pairs[["other_site", time, "kept_b"]]
        kept = pd.concat([kept, others.set_axis(kept.columns, axis=1)])
    told = []
    for site, name in places.items():
        here = kept[kept["site"] == site].groupby(time)["kept_a"].mean()
        if len(here):
            told.append(f"{name} {', '.join(f'{here[at]:.0f}' for at in times)}")
    after = ", ".join(f"{at:,}" for at in times)
    return (
        f"Directions of the language model that are compared, after {time}s {after}: "
        f"{'; '.join(told)}."
    )


def not_learned(table: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Which tagsets are drawn faint, and why.

    Args:
        table: Columns tagset and, of similarities to tag models, learned.
        names: Of the tagsets, for people, in order.
    """
    if "learned" not in table:
        return ""
    dull = set(table.loc[~table["learned"].astype(bool), "tagset"])
    named = [name for key, name in names.items() if key in dull]
    if not named:
        return ""
    return (
        f"Faint: {', '.join(named)}, whose tag models are not {LEARNED_POINTS} points "
        "better than those of shuffled labels: these curves say nothing of tags."
    )


def fewest_directions(
    table: pd.DataFrame, places: Mapping[str, str], tagsets: Mapping[str, str]
) -> str:
    """How few directions a similarity to a tag model of true labels rests on.

    Args:
        table: Columns site, tagset, epoch, shuffled and, of similarities, kept_a
            (directions of the language model) and kept_b (of the tag model); step, if
            that is what tells times of training apart.
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
    time = "step" if "step" in table else "epoch"
    true = table[~table["shuffled"].astype(bool)]
    found = []
    for column, whose in (("kept_a", "the language model"), ("kept_b", "a tag model")):
        few = true[true[column] < FEW_DIRECTIONS].sort_values(column, kind="stable")
        for row in few.head(1).to_dict("records"):
            which = {
                "kept_a": f"{time} {row[time]}",
                "kept_b": tagsets[row["tagset"]],
            }
            where = f"{places[row['site']]}, {which[column]}"
            found.append(f"{row[column]:.3g} of {whose} ({where})")
    return f"Fewest directions kept: {', '.join(found)}." if found else ""
