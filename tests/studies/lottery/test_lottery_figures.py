"""The tables behind figures of lottery tickets, and the page of tables."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from lottery_made import FREQUENCY, XPOS, made

from ontogeny.disk.files import read_table, write_table
from ontogeny.studies.lottery.about import STUDY
from ontogeny.studies.lottery.beside_nulls import beside_nulls
from ontogeny.studies.lottery.figures import tabulate
from ontogeny.studies.lottery.heatmap_tables import mirrored, squares
from ontogeny.studies.lottery.line_tables import alignment, layer_lines, quality_table
from ontogeny.studies.lottery.spread_tables import category_table
from ontogeny.studies.lottery.tables import table_a1, to_markdown

LAYERS = 2
THREE = {"magnitude": 9, "random": 2, "unpruned": 8}


@pytest.fixture(scope="module")
def inputs():
    return made((1,), layers=LAYERS, chains=THREE)


@pytest.fixture(scope="module")
def tables(inputs):
    return tabulate(inputs, None)


@pytest.fixture(scope="module")
def two():
    inputs = made((1, 2), layers=LAYERS, chains={"magnitude": 2, "unpruned": 2})
    # The seeds differ, or a mean could not be told from either.
    moved = [
        table.assign(**{column: table[column] + 0.01 * table["seed"]})
        for table, column in (
            (inputs.neurons, "value"),
            (inputs.quality, "bleu"),
            (inputs.layers, "similarity"),
        )
    ]
    names = ("neurons", "quality", "layers")
    return inputs._replace(**dict(zip(names, moved, strict=True)))


@pytest.fixture(scope="module")
def empty(inputs):
    nothing = {name: getattr(inputs, name).iloc[:0] for name in inputs._fields}
    return tabulate(inputs._replace(**nothing), None)


def ends(draws):
    return pytest.approx(np.quantile(np.asarray(draws), [0.025, 0.975]))


def pick(table, **wanted):
    for column, value in wanted.items():
        table = table[table[column].eq(value)]
    return table


def one(table, **wanted):
    found = pick(table, **wanted)
    assert len(found) == 1
    return found.iloc[0]


def test_all_figures_and_tables_of_the_study_are_there(tables):
    names = {figure.name for figure in STUDY.figures}
    assert set(tables) == names | {name for name, _ in STUDY.tables}


def test_one_seed_has_the_interval_of_its_draws(tables, inputs):
    place = {"chain": "magnitude", "prunings": 3, "layer": 2}
    row = one(tables["fig4"], **place)
    own = one(inputs.neurons, statistic="similarity", stack="decoder", **place)
    assert row["value"] == own["value"]
    assert row[["low", "high"]].to_list() == ends(own["draws"])
    assert row["seeds"] == 1


def test_several_seeds_have_their_mean_the_least_and_the_most(two):
    table = layer_lines(two, "NeuronSim", "decoder")
    row = one(table, chain="magnitude", prunings=2, layer=1)
    place = {"stack": "decoder", "chain": "magnitude", "prunings": 2, "layer": 1}
    own = pick(two.neurons, statistic="similarity", **place)["value"]
    assert own.nunique() == 2
    assert row["value"] == pytest.approx(own.mean())
    assert row[["low", "high"]].to_list() == [own.min(), own.max()]
    assert row["seeds"] == 2


@pytest.mark.parametrize("name", ["fig4", "figa5", "drift"])
def test_every_chain_begins_with_lth0_beside_itself(name, tables):
    start = pick(tables[name], prunings=0)
    start = start[start["chain"].ne("another")]
    assert set(start["chain"]) == set(THREE)
    assert (start["value"] == 1).all()
    assert (start["sparsity"] == 0).all()
    assert pick(tables[name], chain="another")["prunings"].eq(0).all()


def test_quality_begins_with_lth0_of_the_chain_s_own_seeds(two):
    quality, first = two.quality, two.quality["seed"].eq(1)
    less = two._replace(quality=quality[first | quality["chain"].ne("unpruned")])
    table = pick(quality_table(less), quantity="bleu", prunings=0)
    dense = pick(quality, chain="dense", test="newstest2014").set_index("seed")["bleu"]
    assert one(table, chain="unpruned")["value"] == pytest.approx(dense[1])
    assert one(table, chain="magnitude")["value"] == pytest.approx(dense.mean())


def test_bleu_is_of_the_first_text_and_its_interval_over_its_pairs(inputs):
    def of_pairs(sentences):
        table = quality_table(inputs._replace(sentences=sentences))
        return one(table, quantity="bleu", chain="magnitude", prunings=1)

    row = of_pairs(inputs.sentences)
    assert row["test"] == "newstest2014"
    assert row["low"] < row["value"] < row["high"] < row["low"] + 2
    own = inputs.sentences
    first = own.groupby(["chain", "prunings", "test"])["statistics"].transform("first")
    alike = of_pairs(own.assign(statistics=first))
    assert alike["low"] == pytest.approx(alike["high"])


def test_a_second_lth0_without_chains_is_no_second_seed(inputs, tables):
    quality = inputs.quality
    second = pick(quality, chain="dense").assign(seed=2, bleu=1.0)
    table = quality_table(inputs._replace(quality=pd.concat([quality, second])))
    another = table["chain"].eq("another")
    assert one(table[another], quantity="bleu")["value"] == 1
    own = table[~another].reset_index(drop=True)
    expected = tables["bleu"][tables["bleu"]["chain"].ne("another")]
    pd.testing.assert_frame_equal(own, expected.reset_index(drop=True))


def test_the_last_epoch_s_loss_is_told(tables, inputs):
    row = one(tables["bleu"], quantity="valid_loss_nats", chain="random", prunings=2)
    own = pick(inputs.curves, chain="random", prunings=2, epoch=5)
    assert row["value"] == own["valid_loss_nats"].item()


def test_modules_together_are_as_sparse_as_the_whole(tables, inputs):
    lines = pd.concat([tables["figa1"], tables["figa2"]])
    keys = ["stack", "kind", "layer"]
    weights = pick(inputs.modules, chain="dense").groupby(keys)["weights"].sum()
    for k, rows in lines.groupby("prunings"):
        shares = rows.set_index(keys)["value"]
        whole = (shares * weights).sum() / weights.sum()
        assert whole == pytest.approx(1 - 0.8**k, abs=1e-4)
        assert rows["sparsity"].to_numpy() == pytest.approx(whole)
    assert set(lines["prunings"]) == set(range(10))


@pytest.mark.parametrize(
    ("name", "measured", "of"),
    [
        ("fig5", "layers", {"stack": "encoder"}),
        ("figa6", "layers", {"stack": "decoder"}),
        ("fig6", "attention", {"kind": "encoder_self", "adjusted": True}),
        ("figa8", "attention", {"kind": "cross", "adjusted": False}),
    ],
)
def test_squares_are_symmetric_and_measured(name, measured, of, tables, inputs):
    table = pick(tables[name], chain="unpruned", **of)
    assert len(table) == (2 * LAYERS) ** 2
    sides = ["prunings_a", "layer_a", "prunings_b", "layer_b"]
    square = table.set_index(sides)["value"].unstack([2, 3])
    assert set(table["prunings_a"]) == {0, 8}
    assert (square.to_numpy() == square.to_numpy().T).all()
    assert (np.diag(square) == 1).all()
    place = dict(zip(sides, (0, 1, 8, 2), strict=True))
    own = one(getattr(inputs, measured), chain="unpruned", **place, **of)
    for turned in (place, dict(zip(sides, (8, 2, 0, 1), strict=True))):
        row = one(table, **turned)
        assert row["value"] == own["similarity"]
        assert row[["low", "high"]].to_list() == ends(own["draws"])


def test_lth0_alone_may_be_told_once_for_all_chains(inputs, tables):
    layers = inputs.layers
    alone = layers["prunings_a"].eq(0) & layers["prunings_b"].eq(0)
    alone &= layers["chain"].isin(THREE)
    of_random = alone & layers["chain"].eq("random")
    chain = layers["chain"].mask(of_random, "dense")
    once = layers.assign(chain=chain)[~alone | of_random]
    found = squares(once, ["encoder"])
    # Each chain has draws of its own there.
    values = found.columns.difference(["low", "high"])
    pd.testing.assert_frame_equal(found[values], tables["fig5"][values])
    assert len(once) < len(layers)


def test_two_models_of_a_null_are_not_turned(inputs):
    own = inputs.layers.assign(similarity=np.arange(len(inputs.layers)))
    for chain in ("another", "untrained"):
        given, found = pick(own, chain=chain), pick(mirrored(own), chain=chain)
        assert found["similarity"].to_list() == given["similarity"].to_list()


@pytest.mark.parametrize(
    ("name", "panels"), [("figa9", 2), ("figa10", 4), ("figa11", 2)]
)
def test_full_squares_have_five_models_and_the_magnitude_chain(name, panels, tables):
    table = tables[name]
    assert set(table["chain"]) == {"magnitude"}
    assert set(table["prunings_a"]) == {0, 2, 4, 6, 8}
    assert len(table) == panels * (5 * LAYERS) ** 2


def test_correlations_are_shared_out_to_bins(tables, inputs):
    table = tables["figa4"]
    keys = ["stack", "chain", "prunings"]
    sums = table.groupby(keys)["share"].sum()
    assert sums.to_numpy() == pytest.approx(1)
    assert len(sums) == 2 * (8 + 8 + 2)
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(0.01)
    own = pick(inputs.matches, of="sparse", stack="decoder", chain="unpruned")
    own = pick(own, prunings=5)["correlation"]
    rows = pick(table, stack="decoder", chain="unpruned", prunings=5)
    for low, high, share in rows[["low", "high", "share"]].to_numpy():
        inside = own.ge(low) & (own.lt(high) | (high == 1))
        assert share == pytest.approx(inside.mean())


def test_variance_is_summed_up_to_all_of_it(tables):
    rows = pick(tables["figa7"], stack="encoder", chain="magnitude", prunings=4)
    rows = rows[rows["centred"]].sort_values("number")
    n, rate = rows["number"].to_numpy(), 0.1 + 0.1 * 0.5  # that of the made-up world
    expected = (1 - np.exp(-rate * n)) / (1 - np.exp(-rate * n[-1]))
    assert rows["value"].to_numpy() == pytest.approx(expected)


def test_drift_is_the_mean_of_layers_with_its_own_interval(tables, inputs):
    row = one(
        tables["drift"],
        measure="NeuronSim", stack="encoder", chain="unpruned", prunings=8,
    )  # fmt: skip
    place = {"stack": "encoder", "chain": "unpruned", "prunings": 8}
    own = pick(inputs.neurons, statistic="similarity", **place)
    assert row["value"] == pytest.approx(own["value"].mean())
    draws = np.stack(own["draws"].to_list()).mean(axis=0)
    assert row[["low", "high"]].to_list() == ends(draws)


def test_the_best_head_is_each_model_s_own(inputs):
    table = inputs.alignment
    best = table["head"].eq(2) & table["layer"].eq(1) & table["prunings"].eq(4)
    best &= table["chain"].eq("magnitude")
    right = table["right"].mask(best, 97)
    found = alignment(inputs._replace(alignment=table.assign(right=right)))
    place = {"chain": "magnitude", "prunings": 4, "layer": 1}
    row = one(found, heads="best head", **place)
    assert row[["value", "low", "high"]].to_list() == pytest.approx([0.97] * 3)
    mean = one(found, heads="mean of heads", **place)
    own = pick(table, head=0, **place)
    assert mean["value"] == pytest.approx(own["right"].sum() / own["words"].sum())
    assert mean["low"] < mean["value"] < mean["high"] < mean["low"] + 0.01
    guess = pick(found, chain="diagonal")
    assert set(zip(guess["heads"], guess["layer"], strict=True)) == set(
        product(["mean of heads", "best head"], [0])
    )
    assert set(pick(found, chain="untrained")["layer"]) == {1, 2}


def test_categories_with_few_words_are_told_but_not_drawn(tables):
    table = tables["categories"]
    rare = pick(table, category="RARE")
    assert len(rare)
    assert not rare["drawn"].any()
    drawn = table[table["drawn"]]
    assert set(zip(drawn["chain"], drawn["prunings"], strict=True)) == {
        ("magnitude", 8),
        ("unpruned", 8),
    }
    of = pick(drawn, by="frequency", chain="magnitude")
    assert of["category"].to_list() == list(FREQUENCY)
    assert set(pick(table, by="xpos")["categories"]) == {len(XPOS) + 1}
    assert set(pick(table, by="xpos")["enough"]) == {len(XPOS)}


def test_of_many_categories_the_least_and_most_alike_are_drawn(inputs):
    rows = pick(inputs.categories, by="sem", chain="magnitude", category="CON")
    many = pd.concat(
        [rows.assign(category=f"{n:02}", number=n, debiased=n / 40) for n in range(40)]
    )
    table = category_table(many)
    drawn = table[table["drawn"]]["category"]
    expected = [f"{n:02}" for n in (*range(10), *range(30, 40))]
    assert sorted(drawn) == expected
    # Where no category has enough words, all are drawn, and the figure says so.
    none = category_table(many.assign(judged=False).iloc[:16])
    assert none["drawn"].any()
    assert not none["judged"].any()


def test_table_a1_stands_beside_the_paper_s(tables):
    table = tables["table_a1"].set_index(["chain", "prunings"])
    # The made-up world has the paper's BLEU.
    known = table[table["paper_bleu"].notna()]
    assert len(known) == 1 + 9 + 2
    assert (known["paper_bleu"] == known["bleu_newstest2014"]).all()
    assert table.loc[("unpruned", 8), ["sparsity_excluding"]].item() == 0
    row = table.loc[("magnitude", 7)]
    assert row["model"] == "LTH7"
    assert row["sparsity_excluding"] == pytest.approx(0.790, abs=5e-4)
    assert row["sparsity_including"] == pytest.approx(0.664, abs=5e-4)
    assert row["chrf_newstest2014"] == pytest.approx(2 * 27.61)
    assert list(table.index[:2]) == [("dense", 0), ("magnitude", 1)]


def test_the_page_tells_models_signature_and_whose_the_paper_s_are(tables, two):
    page = tables["tables"]
    assert "tok:13a" in page
    assert "WMT'16 English–German" in page
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()
    ]
    assert ["LTH2", "magnitude", "0.0", "0.0"] in cells
    row = next(row for row in cells if row[:2] == ["LTH2", "magnitude"])
    assert row[2:5] == ["0.302", "0.360", "28.00"]
    assert ["LTH1", "magnitude", "another seed's", "0.250", "0.200"] in cells
    assert ["LTH1", "magnitude", "random", "0.250", "0.200"] in cells
    assert " to " not in "".join(row)
    of_two = to_markdown(two, table_a1(two), beside_nulls(two))
    assert re.search(r"28\.05\d? \(28\.05 to 28\.06\)", of_two)


def test_chains_of_different_lengths_are_told(inputs):
    def page(of):
        return to_markdown(of, table_a1(of), beside_nulls(of))

    assert "Of different k: magnitude LTH8, random LTH2, unpruned LTH8;" in page(inputs)
    alike = inputs.layers[inputs.layers["chain"].ne("random")]
    assert "Of different k" not in page(inputs._replace(layers=alike))


def test_a_run_that_measured_nothing_has_tables_without_rows(empty):
    assert empty["tables"].count("Nothing was measured for it in this run.") == 5
    assert all(len(empty[figure.name]) == 0 for figure in STUDY.figures)


def test_tables_are_stored_as_they_are(tables, empty, tmp_path):
    for of in (tables, empty):
        for table in of.values():
            if not isinstance(table, str):
                write_table(table, tmp_path / "table.parquet")
                stored = read_table(tmp_path / "table.parquet")
                assert list(stored.columns) == list(table.columns)
                assert len(stored) == len(table)


def test_a_second_lth0_stands_in_table_a1_by_itself(inputs):
    """Not in the mean of the LTH0 that chains begin with."""
    one_seed = inputs._replace(
        **{
            name: table[table["seed"].eq(1)]
            for name, table in inputs._asdict().items() if "seed" in table
        }
    )  # fmt: skip

    def null(table):
        other = table[table["chain"].eq("dense")].assign(seed=9)
        for name in {"bleu", "valid_loss_nats"} & set(other):
            other[name] = other[name] + 5
        return pd.concat([table, other])

    two = one_seed._replace(
        **{n: null(getattr(one_seed, n)) for n in ("curves", "quality")}
    )
    table, before = (
        table_a1(each).set_index(["chain", "prunings"]) for each in (two, one_seed)
    )
    test = next(name for name in table if name.startswith("bleu"))
    assert table.loc[("dense", 0), test] == before.loc[("dense", 0), test]
    assert table.loc[("another", 0), test] == before.loc[("dense", 0), test] + 5
    assert table["seeds"].eq(1).all()


def test_similarities_stand_beside_their_nulls(inputs):
    table = beside_nulls(inputs).set_index(["measure", "place", "layer"])
    chains = ["magnitude", "unpruned", "another", "untrained"]
    assert {*chains, "dense", "without_ends"} <= set(table)
    layers = inputs.layers
    last = layers["prunings_b"].max()
    own = layers[
        layers["chain"].eq("magnitude") & layers["stack"].eq("encoder")
        & layers["layer_a"].eq(2) & layers["layer_b"].eq(2)
        & layers["prunings_a"].eq(0) & layers["prunings_b"].eq(last)
    ]  # fmt: skip
    found = table.loc[("LayerSim", "encoder", "2"), "magnitude"]
    assert found == pytest.approx(own["similarity"].mean())
    for adjusted in ("AttentionSim", "AttentionSim, adjusted"):
        assert table.loc[adjusted, chains].notna().all(axis=None)
    peaked = inputs.peaked
    own = peaked[peaked["chain"].eq("dense") & peaked["kind"].eq("cross")]
    own = own.groupby("seed")[["peaked", "queries"]].sum()
    share = (own["peaked"] / own["queries"]).mean()
    row = table.loc[("share of queries with a weight above 0.95", "cross", "all")]
    assert row["dense"] == pytest.approx(share)
