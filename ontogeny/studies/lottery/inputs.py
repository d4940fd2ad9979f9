"""The tables that figures and claims of lottery tickets are made of.

A model is named by `chain` and `prunings`: LTHk of a chain has gone through k prunings
of a fifth, or fewer that take as much at once. LTH0 belongs to chain `dense` in tables
of single models. In tables that compare two models of a chain, a and b, LTH0 is the one
of 0 prunings; in those of `another` and `untrained` both have none, and a is LTH0 (an
untrained model), b that of another seed.

Intervals: `draws` are a statistic's values in bootstrap resamples of the text's pairs
of sentences, in 40 groups; all rows of all tables, chains and seeds share their
resamples. None: no claim asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_table
from ontogeny.studies.lottery.names import (
    ANOTHER,
    CHAINS,
    DENSE,
    DIAGONAL,
    FORM,
    NO_LAYER,
    PROBE_TABLES,
    TABLES,
)

OF_ONE_MODEL = ("spectra", "variances", "peaked", "alignment")
"""Tables whose rows are of a model by itself."""

PROBE_COLUMNS = {
    "probes": "chain prunings task site layer probe hidden width recipe labels metric "
    "score valid_score units sums probe_seeds epochs",
    "probe_seeds": "chain prunings task site layer probe_seed score",
    "probe_codes": "chain prunings task site layer bits uniform_bits compression",
    "probe_tasks": "task title group kind metric paper stands_in text classes "
    "train_words train_items valid_items test_items dropped unknown unseen few_types",
}
"""As they are measured."""
_READ = {"probe_tasks": " form_sums form_units"}
NO_PROBES = {
    name: pd.DataFrame(columns=(columns + _READ.get(name, " seed")).split())
    for name, columns in PROBE_COLUMNS.items()
}
"""Of a run without probes."""

Run = tuple[str, int]
"""Chain and seed."""


class Inputs(NamedTuple):
    """What was trained and measured; with columns seed and chain.

    Of all of a run neither: texts, probe_tasks.

    Attributes:
        texts: Of `ontogeny.studies.lottery.texts.Texts.counts`.
        curves: By epoch: prunings, iteration, epoch (within it; 0: before it), step
            (over all), schedule_step, learning_rate, train_loss_nats (of smoothed
            labels), valid_loss_nats, valid_perplexity, valid_bleu.
        quality: By model and test text: prunings, test, pairs, bleu, chrf, loss_nats,
            signature (sacrebleu's, of BLEU).
        sentences: By model, test text and pair: prunings, test, pair, statistics (ten
            numbers, `ontogeny.translation.bleu`).
        modules: By pruned matrix: prunings, stack, layer (from 1), kind (self, cross,
            fc), matrix, weights, pruned, dead_rows, dead_columns; parameters (of the
            whole model). Of chain `dense` none is pruned.
        overlaps: By iteration and pair of chains or seeds: prunings, other_chain,
            other_seed, overlap (share of what one has pruned that the other has too),
            chance.
        layers: Linear CKA of two layers: stack, prunings_a, layer_a, prunings_b,
            layer_b, similarity, debiased, without_ends (the same without `</s>` of the
            source and `<s>` of the target), draws.
        attention: Linear CKA of two attention maps: kind (encoder_self, cross,
            decoder_self), adjusted (whether uniform attention was taken off), and as
            `layers`, without debiased.
        neurons: Of a layer of LTHk beside LTH0's: prunings, stack, layer, statistic,
            value, without_ends, draws. Statistics: `similarity` (mean over LTH0's
            neurons of the largest signed correlation), `absolute` (of the largest
            |correlation|), `itself` (share of LTH0's neurons whose best match is the
            same one), `p95` (95th percentile of the largest correlations of LTHk's
            neurons), `above_098` (share of these above 0.98).
        matches: The largest signed correlation of every neuron: prunings, stack,
            layer, of (`dense`: LTH0's neurons among LTHk's; `sparse`: the other way
            round), neuron, correlation, match (its number).
        spectra: Of the last layers: prunings, stack, centred (whether the mean was
            taken off), statistic (`k80`: fewest directions with 80 % of the variance;
            `participation_ratio`), value, without_ends, draws (fewer than elsewhere).
        variances: Of every layer: prunings, stack, layer, centred, number (from 1),
            variance.
        peaked: Rows of attention maps by group of sentences: prunings, kind, layer,
            group, queries, peaked (whose largest weight is above 0.95), first_queries
            (the first position of a decoder, which sees itself alone), first_peaked.
        alignment: Target words by group of sentences, where the alignment is known:
            prunings, layer, head (from 1; 0: their mean), group, words, right (whose
            largest weight is at the gold word). Chain `diagonal`: a guess by position,
            of head 0 alone.
        categories: Linear CKA of LTH0 and LTHk on tokens of one category, last encoder
            layer, of the chains that figure `categories` shows: prunings, by
            (frequency, xpos, sem), category, number (its place), tokens, judged
            (whether it has enough), tokens_judged (drawn from each), similarity
            (biased, of all tokens), debiased (of `tokens_judged`), draws, ambiguity
            (mean number of semantic tags of its words; NaN: unknown).
        probes: Scores by model, task and site: prunings, task, site, layer (−1:
            `embedding`, without position; 0: `source`; 1…N), probe (linear, mlp),
            hidden (units of the MLP; 0: linear), width (of a word's vector), recipe
            (paper, converged), labels (true, control), metric
            (`ontogeny.measures.probing.metrics.SCORES`), score (of the test part),
            valid_score (of the task's own metric), units (numbers of its test
            sentences, or novels), sums (what a score is made of, by unit, one after
            the other), probe_seeds (how many probes sums are the mean of), epochs
            (which was kept). Of another LTH0, chain `dense`, the paper's recipe alone;
            chain `control` is LTH0 of the control language, at its last layer, and
            beside it, as site `form`, what form alone gives there.
        probe_seeds: LTH0's by probe seed, linear, recipe paper: prunings, task, site,
            layer, probe_seed, score.
        probe_codes: Description lengths: prunings, task, site, layer, bits,
            uniform_bits, compression.
        probe_tasks: Neither seed nor chain: task, title, group (pos, syntax,
            semantics), kind (word, pair), metric, paper, stands_in, text (whose
            sentences are drawn), classes, train_words, train_items, valid_items,
            test_items, dropped (items of words without a piece), unknown (items with
            an unknown one), unseen (test labels that training lacks), few_types
            (whether a control label has fewer than ten types), form_sums, form_units
            (of a baseline on form alone).
    """

    texts: pd.DataFrame
    curves: pd.DataFrame
    quality: pd.DataFrame
    sentences: pd.DataFrame
    modules: pd.DataFrame
    overlaps: pd.DataFrame
    layers: pd.DataFrame
    attention: pd.DataFrame
    neurons: pd.DataFrame
    matches: pd.DataFrame
    spectra: pd.DataFrame
    variances: pd.DataFrame
    peaked: pd.DataFrame
    alignment: pd.DataFrame
    categories: pd.DataFrame
    probes: pd.DataFrame = NO_PROBES["probes"]
    probe_seeds: pd.DataFrame = NO_PROBES["probe_seeds"]
    probe_codes: pd.DataFrame = NO_PROBES["probe_codes"]
    probe_tasks: pd.DataFrame = NO_PROBES["probe_tasks"]


def read(files: Any, params: Any) -> Inputs:
    """Read what was trained and measured.

    Args:
        files: curves, quality and sentences: a file per run; texts, modules, overlaps;
            and of each of `TABLES` a file per measured run.
        params: runs and measured: (chain, seed) in the order of the files.

    Raises:
        InputError: If a file is missing or damaged.
    """
    runs = [(chain, seed) for chain, seed in params.runs]
    measured = [(chain, seed) for chain, seed in params.measured]
    of_runs = {
        name: _stacked(files[name], runs) for name in ("curves", "quality", "sentences")
    }
    tables = {name: _stacked(files[name], measured) for name in TABLES}
    probed = [(name, seed) for name, seed in params.probed]
    tables |= _probes(files, probed, dict(params.other_seeds))
    for name in OF_ONE_MODEL:
        tables[name] = _dense_once(tables[name])
    guessed = tables["alignment"]["layer"] == NO_LAYER
    tables["alignment"].loc[guessed, "chain"] = DIAGONAL
    return Inputs(
        **of_runs,
        **{name: read_table(files[name]) for name in ("texts", "modules", "overlaps")},
        **tables,
    )


def _probes(
    files: Any, probed: Sequence[Run], others: Mapping[int, int]
) -> dict[str, pd.DataFrame]:
    """Tables of probes, each of several jobs.

    Args:
        files: Of each table, one a job; and of the tasks.
        probed: Name and seed of each job; the name is that of a control language, or
            none.
        others: By seed, whose LTH0 is probed as another's.
    """
    if not probed:
        return NO_PROBES
    found = {}
    for name in PROBE_TABLES:
        found[name] = _joined(
            [
                read_table(file).assign(seed=seed, **({"chain": own} if own else {}))
                for file, (own, seed) in zip(files[name], probed, strict=True)
            ]
        )
    probes = found["probes"]
    of_another = probes["chain"].eq(ANOTHER)
    probes["seed"] = probes["seed"].mask(of_another, probes["seed"].map(others))
    probes["chain"] = probes["chain"].mask(of_another, DENSE)
    # Several seeds of a study know each other.
    keys = ["seed", *PROBE_COLUMNS["probes"].split()[:11]]
    probes = probes[~(of_another & probes.duplicated(keys))]
    alone = probes["site"].eq(FORM) & probes["chain"].eq(DENSE)
    form = probes[alone].drop_duplicates("task").set_index("task")
    tasks = read_table(files["probe_tasks"])
    for name in ("sums", "units"):
        tasks[f"form_{name}"] = tasks["task"].map(form[name])
    return {**found, "probes": probes[~alone], "probe_tasks": tasks}


def _dense_once(table: pd.DataFrame) -> pd.DataFrame:
    """LTH0's rows, which are in every chain's file, as of chain `dense`."""
    of_dense = table["chain"].isin(CHAINS) & (table["prunings"] == 0)
    first = table["seed"].map(table[of_dense].groupby("seed")["chain"].first())
    table = table[~of_dense | (table["chain"] == first)]
    return table.assign(chain=table["chain"].mask(of_dense, DENSE))


def _stacked(files: Sequence[str], runs: Sequence[Run]) -> pd.DataFrame:
    tables = [
        read_table(file).assign(chain=chain, seed=seed)
        for file, (chain, seed) in zip(files, runs, strict=True)
    ]
    return _joined(tables)


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All rows; empty tables, whose columns have no types, are left out."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled or tables[:1], ignore_index=True)
