"""Tables behind the figures of scaffolds, from made-up measures."""

from functools import cache
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ontogeny.disk.files import read_table, write_table
from ontogeny.studies.scaffold.draws import Line, Sample
from ontogeny.studies.scaffold.figures import COLUMNS, FIGURES, tabulate
from ontogeny.studies.scaffold.inputs import Inputs, read

SETTINGS = ("familiar", "unfamiliar")
LENGTHS = (2, 4)
OCCURRENCES = (30, 100, 300, 1000)
MAIN = 1000
LAST = 10
SENTENCE_GROUPS = 40
NOISE = 0.01


def paper(quantity, setting, k, n, domain, epoch, position, variant="plain"):
    """A quantity as the thesis has it: a number."""
    familiar, at = setting == "familiar", epoch / LAST
    if quantity == "probability":
        if familiar and domain == "out":
            return 0.01 + 0.03 * at
        late = {"plain": 1, "momentum": 2, "weight_decay": 3}[variant]
        return 0.001 + 0.9 * min(1, epoch / (2 if familiar else 4 * late))
    if quantity == "probability_open":
        if n < {2: 100, 4: 300}[k]:
            return 0.05
        return 0.001 + 0.8 * min(1, epoch / (2 if familiar else 6))
    if quantity == "probability_scaffold":
        return 0.008 * np.exp(-0.5 * k)
    if quantity == "probability_prefix":
        return 0.9 - (0.7 if familiar else 0.2) * (1 - position / k)
    if quantity == "interdependence":
        return 0.3 + 0.4 * at if familiar else 0.2
    return (0.1 if familiar else 0.3) * position / k + 0.1


def negated(quantity, setting, k, n, domain, epoch, position, variant="plain"):
    """A quantity as the thesis has it not."""
    familiar, at = setting == "familiar", epoch / LAST
    if quantity == "probability":
        if familiar:
            return 0.001 + 0.5 * at
        late = 1 if variant != "plain" else 4
        if domain == "out":
            return 0.001 + 0.48 * at if n != MAIN or k != 2 else 0.51 * (epoch >= late)
        return 0.001 + 0.9 * min(1, epoch / 4)
    if quantity == "probability_open":
        if n == OCCURRENCES[0]:
            return 0.02 * k**2
        need = {2: 300, 4: 100}[k]
        return 0.001 + (0.8 if n >= need else 0.3) * at * (0.5 if familiar else 1)
    if quantity == "probability_scaffold":
        return 0.02 * np.exp(0.5 * k)
    if quantity == "probability_prefix":
        return 0.3 - 0.2 * position / k if familiar else 0.1 + 0.8 * position / k
    if quantity == "interdependence":
        return 0.3 - 0.2 * at if familiar else 0.4
    return (0.3 if familiar else 0.1) * position / k + 0.1


KINDS = {"paper": paper, "not": negated}


def positions(quantity, k):
    if quantity == "probability_prefix":
        return range(k + 1)
    return range(1, k + 1) if quantity == "gradient_l2" else [-1]


def lines(lengths=LENGTHS, variants=True):
    quantities = ["probability", "probability_open", "probability_scaffold",
                  "probability_prefix", "interdependence", "gradient_l2"]  # fmt: skip
    for k, setting, n, domain, quantity in product(
        lengths, SETTINGS, OCCURRENCES, ("in", "out"), quantities
    ):
        if setting == "unfamiliar" or n == MAIN:
            for position in positions(quantity, k):
                yield Line(quantity, setting, k, n, domain, position)
    for domain, variant in product(("in", "out"), ("momentum", "weight_decay")):
        if variants:
            where = ("unfamiliar", lengths[0], MAIN, domain, -1, variant)
            yield Line("probability", *where)


@cache
def measures(
    kind="paper", seed=0, *, lengths=LENGTHS, noise=NOISE, variants=True, last=LAST
):
    """The measures of one seed: columns of the contract."""
    rng = np.random.default_rng(seed)
    items = rng.integers(20, 30, size=SENTENCE_GROUPS)
    tables = []
    for line in lines(lengths, variants):
        prefix = line.quantity == "probability_prefix"
        for epoch in [last] if prefix else range(last + 1):
            value = KINDS[kind](
                line.quantity, line.setting, line.length, line.occurrences, line.domain,
                epoch, line.position, line.variant,
            )  # fmt: skip
            own = value * (1 + rng.normal(0, noise, size=SENTENCE_GROUPS))
            # So that the mean over items is the value planted.
            own += value - np.average(own, weights=items)
            about = line._asdict() | {"epoch": epoch}
            group = {
                "group": np.arange(SENTENCE_GROUPS, dtype=np.int16),
                "items": items,
            }
            tables.append(pd.DataFrame({**group, "mean": own}).assign(**about))
    return pd.concat(tables, ignore_index=True)


@cache
def counts(kind="paper", *, lengths=LENGTHS, tokens=100_000, outside=1000):
    """What was counted in the texts of one seed."""
    rows = []
    for k, setting, n in product(lengths, SETTINGS, OCCURRENCES):
        if setting == "unfamiliar" or n == MAIN:
            expected = 10 / (10 + outside) if setting == "familiar" else 1.0
            right = kind == "paper"
            rows.append(
                {
                    "setting": setting,
                    "occurrences": n,
                    "length": k,
                    "tokens": tokens,
                    "copies": 0 if right else 3,
                    "cue": expected if right else expected * 0.9,
                    "cue_expected": expected,
                }
            )
    return pd.DataFrame(rows)


def tables(seeds=(1, 2), resamples=200, **options):
    found = {seed: measures(seed=seed, **options) for seed in seeds}
    return tabulated(found, resamples)


def tabulated(found, resamples):
    params = SimpleNamespace(occurrences=MAIN, resamples=resamples)
    return tabulate(Inputs(found, {}), params)


@pytest.fixture(scope="module")
def usual():
    return tables()


WHOLE = {"fig7a", "fig7b", "fig8", "fig10"}
QUANTITY = {
    "fig7a": ("probability", "in"),
    "fig7b": ("probability", "out"),
    "fig8": ("probability_open", "out"),
    "fig9": ("probability_prefix", "in"),
    "fig10": ("interdependence", "in"),
    "fig12": ("gradient_l2", "in"),
}


def test_there_is_a_table_for_each_figure(usual):
    assert list(usual) == list(FIGURES)
    for name, table in usual.items():
        assert list(table.columns) == COLUMNS, name
        assert set(table["seeds"]) == {2}
        assert set(table["seed"].dropna()) == {1, 2}
        assert table["mean"].between(table["low"], table["high"]).all()
        epochs = set(range(LAST + 1)) if name in WHOLE else {LAST}
        assert set(table["epoch"]) == epochs


@pytest.mark.parametrize("name", QUANTITY)
def test_figures_hold_what_was_planted(usual, name):
    quantity, domain = QUANTITY[name]
    table = usual[name]
    assert set(table["quantity"]) == {quantity}
    assert set(table["domain"]) == {domain}
    assert set(table["setting"]) == set(SETTINGS)
    assert set(table["occurrences"]) == {MAIN}
    for row in table.to_dict("records"):
        value = paper(quantity, row["setting"], row["length"], MAIN, domain,
                      row["epoch"], row["position"])  # fmt: skip
        assert row["mean"] == pytest.approx(value)


def test_figure_9_is_of_the_longest_scaffolds_by_words_read(usual):
    table = usual["fig9"]
    assert set(table["length"]) == {4}
    for _, rows in table.groupby(["seed", "setting"], dropna=False):
        assert rows["position"].tolist() == [0, 1, 2, 3, 4]


def test_figure_11_is_of_unfamiliar_scaffolds_at_every_n(usual):
    table = usual["fig11"]
    assert set(table["setting"]) == {"unfamiliar"}
    assert set(table["domain"]) == {"out"}
    means = table[table["seed"].isna()]
    cells = {("probability_open", k, n) for k in LENGTHS for n in OCCURRENCES}
    cells |= {("probability_scaffold", k, n) for k in LENGTHS for n in OCCURRENCES}
    keys = ["quantity", "length", "occurrences"]
    assert set(means[keys].itertuples(index=False, name=None)) == cells
    assert len(means) == len(cells)


def test_figure_12_is_of_each_scaffold_word(usual):
    for (length,), rows in usual["fig12"].groupby(["length"]):
        assert set(rows["position"]) == set(range(1, length + 1))


def test_means_over_seeds_span_the_seeds_intervals():
    one, two = measures(seed=1), measures(seed=2)
    two = two.assign(mean=2 * two["mean"])
    table = tabulated({1: one, 2: two}, 50)["fig10"]
    keys = ["setting", "length", "epoch"]
    for _, rows in table.groupby(keys):
        mean = rows[rows["seed"].isna()].iloc[0]
        own = rows[rows["seed"].notna()]
        assert mean["mean"] == pytest.approx(own["mean"].mean())
        assert (mean["low"], mean["high"]) == (own["low"].min(), own["high"].max())


def test_intervals_are_those_of_a_mean_weighted_by_items():
    line = Line("probability", "familiar", 2, MAIN, "in")
    sample = Sample(measures(noise=0.2), resamples=4000)
    last = sample.draws(line)[:, -1]
    rows = sample.lines[line].query(f"epoch == {LAST}")
    assert last[0] == pytest.approx(np.average(rows["mean"], weights=rows["items"]))
    rng = np.random.default_rng(5)
    which = rng.integers(SENTENCE_GROUPS, size=(4000, SENTENCE_GROUPS))
    mean, items = (rows[name].to_numpy()[which] for name in ("mean", "items"))
    plain = (mean * items).sum(axis=1) / items.sum(axis=1)
    assert last[1:].std() == pytest.approx(plain.std(), rel=0.1)
    assert last[1:].mean() == pytest.approx(plain.mean(), rel=0.01)


def test_lines_tested_on_the_same_items_are_paired_and_others_are_not():
    table = measures(noise=0.2)
    noise = table[table["setting"] == "familiar"].groupby(["group"])["mean"].first()
    sample = Sample(table.assign(mean=table["group"].map(noise)), resamples=500)

    def resampled(setting, length, occurrences, domain):
        line = Line("probability", setting, length, occurrences, domain)
        return sample.draws(line)[1:, -1]

    familiar = resampled("familiar", 2, MAIN, "in")
    np.testing.assert_array_equal(familiar, resampled("unfamiliar", 2, MAIN, "in"))
    outside = resampled("unfamiliar", 2, 30, "out")
    np.testing.assert_array_equal(outside, resampled("familiar", 2, MAIN, "out"))
    for other in (
        outside,
        resampled("unfamiliar", 2, 30, "in"),
        resampled("familiar", 4, MAIN, "in"),
    ):
        assert abs(np.corrcoef(familiar, other)[0, 1]) < 0.2


def test_few_groups_are_resampled_among_themselves():
    few = measures().query("group < 3")
    draws = Sample(few, 300).draws(Line("probability", "familiar", 2, MAIN, "in"))
    assert np.isfinite(draws).all()


def test_what_was_not_measured_is_no_row():
    only = measures().query("setting == 'unfamiliar' & domain == 'out'")
    found = tabulated({1: only}, 20)
    assert {name for name, table in found.items() if table.empty} == {
        "fig7a", "fig9", "fig10", "fig12",
    }  # fmt: skip
    assert set(found["fig7b"]["setting"]) == {"unfamiliar"}
    for table in found.values():
        assert list(table.columns) == COLUMNS


def test_contradicting_measures_are_refused():
    line = Line("probability", "familiar", 2, MAIN, "in")
    table = measures()
    with pytest.raises(ValueError, match="twice"):
        Sample(pd.concat([table, table]), 10).draws(line)
    with pytest.raises(ValueError, match="every epoch"):
        Sample(table.drop(index=Sample(table).lines[line].index[0]), 10).draws(line)
    with pytest.raises(KeyError):
        Sample(table, 10).draws(line._replace(length=7))


SEEDS = [1, 2]


@pytest.fixture
def files(tmp_path):
    """A file for each seed and length, in that order."""
    found = {"measures": [], "counts": []}
    for seed, k in product(SEEDS, LENGTHS):
        for name, table in (("measures", measures(seed=seed)), ("counts", counts())):
            path = tmp_path / f"{name}_{seed}_{k}.parquet"
            write_table(table[table["length"] == k], path)
            found[name].append(path)
    return found


def test_the_script_writes_every_table(script, files, tmp_path, usual):
    output = {name: tmp_path / f"{name}.parquet" for name in FIGURES}
    params = {
        "study": "scaffold",
        "seeds": SEEDS,
        "lengths": list(LENGTHS),
        "occurrences": MAIN,
        "resamples": 200,
    }
    script("tabulate", input=files, output=output, params=params)
    for name, path in output.items():
        found = read_table(path).astype({"seed": "Int64"})
        pd.testing.assert_frame_equal(
            found.sort_values(COLUMNS).reset_index(drop=True),
            usual[name].sort_values(COLUMNS).reset_index(drop=True),
            check_dtype=False,
        )


def test_files_that_do_not_fit_the_seeds_and_lengths_are_refused(make_job, files):
    job = make_job(input=files, params={"seeds": SEEDS, "lengths": [2]})
    with pytest.raises(ValueError):
        read(job.input, job.params)
