"""Tables behind the figures of structured sparsification, and tables 1 and 2."""

import numpy as np
import pandas as pd
import pytest
from structured_made import (
    LEFT,
    SEEDS,
    TASKS,
    VARIANTS,
    change,
    made,
    params,
    without,
)

from ontogeny.disk.files import write_table
from ontogeny.errors import InputError
from ontogeny.studies.structured import quality
from ontogeny.studies.structured.about import STUDY
from ontogeny.studies.structured.figures import tabulate
from ontogeny.studies.structured.fronts import front_table
from ontogeny.studies.structured.grids import (
    MEDIAN,
    MOST,
    NEURONS,
    grid_table,
    lag_table,
)
from ontogeny.studies.structured.inputs import FRONT, MEASURED, OTHERS, read
from ontogeny.studies.structured.paper import PRINTED, TABLE1, TABLE2
from ontogeny.studies.structured.roles import tasks_of
from ontogeny.studies.structured.structures import STRUCTURES
from ontogeny.studies.structured.tables import result_page, result_table

FEW = ("small", "imdb", "word")


@pytest.fixture(scope="module")
def inputs():
    return made(FEW)


@pytest.fixture(scope="module")
def tables(inputs):
    return tabulate(inputs, params(FEW))


def test_everything_that_the_rules_ask_for_is_made(tables):
    asked = [figure.name for figure in STUDY.figures]
    assert set(tables) == {*asked, *(name for name, _ in STUDY.tables)}
    pages = {name for name, table in tables.items() if isinstance(table, str)}
    assert pages == {"table1_md", "table2_md"}


def test_every_table_can_be_written(tables, tmp_path):
    for name, table in tables.items():
        if not isinstance(table, str):
            write_table(table, tmp_path / f"{name}.parquet")


def test_the_papers_tables_are_quoted_whole():
    assert {name: set(rows) for name, rows in TABLE1.items()} == {
        "small": {"dense", "wn", "wgn"},
        "large": {"dense", "wn", "wgn"},
    }
    assert all(set(rows) == {"dense", "w", "wn", "wgn"} for rows in TABLE2.values())
    # Of a dense network all gates are live; ISS leaves no structure (table 1).
    for name, rows in PRINTED.items():
        assert rows["dense"].gates == tuple(4 * n for n in rows["dense"].neurons), name
    for rows in TABLE1.values():
        assert rows["wn"].gates == tuple(4 * n for n in rows["wn"].neurons)


def page_rows(page):
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    head, *rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines
    ]
    return head, rows


@pytest.mark.parametrize(
    ("page", "name"),
    [("table1_md", "small"), ("table2_md", "imdb"), ("table2_md", "word")],
)
def test_a_page_has_the_papers_number_beside_each_of_ours(tables, page, name):
    head, rows = page_rows(tables[page])
    assert head[:8] == [
        "task",
        "method",
        "quality",
        "paper",
        "compression",
        "paper",
        "LSTM alone",
        "neurons",
    ]
    title = tasks_of(params(FEW))[name].title
    own = [row for row in rows if row[0].startswith(f"{title},")]
    assert len(own) == len(PRINTED[name])
    for row, printed in zip(own, PRINTED[name].values(), strict=True):
        assert row[3] == " – ".join(printed.quality)
        assert row[5] == f"{printed.compression:,g}×"
        neurons = " – ".join(map(str, printed.neurons))
        # The made-up networks have as many neurons as the paper's.
        assert row[7:9] == [neurons, neurons]
        assert row[10] == " – ".join(map(str, printed.gates))


def test_our_numbers_are_printed_as_the_papers(tables):
    _, rows = page_rows(tables["table1_md"])
    wgn = next(row for row in rows if row[1] == "pruning W+G+N")
    assert wgn[2] == "110.04 – 105.64"
    assert wgn[4] == "1.49×"
    # 45 · 2 + 19 · 4 and 40 + 75 · 4.
    assert wgn[9] == "166 – 340"
    assert wgn[-1] == "2"


def test_other_sizes_have_no_number_of_the_paper():
    sizes = {"mini": ("pruning", "words", 2, 64, 5)}
    left = {
        ("mini", "wn"): ({"ifgo": 9}, {"ifgo": 8}),
        ("mini", "wgn"): ({"ifgo": 7}, {"ifgo": 6}),
    }
    page = tabulate(
        made(("mini",), sizes=sizes, left=left), params(("mini",), sizes=sizes)
    )
    _, rows = page_rows(page["table1_md"])
    assert all({row[3], row[5], row[8], row[10]} == {"–"} for row in rows)
    assert "No task of this run" in page["table2_md"]


def table1(inputs):
    tasks = tasks_of(params(FEW))
    return result_page(result_table(inputs, tasks, "pruning"), tasks, "pruning")


def test_seeds_that_differ_have_a_spread(inputs):
    where = {"task": "small", "variant": "wgn", "seed": 2}
    apart = change(inputs, "quality", where, nats=lambda x: x * 1.001)
    _, rows = page_rows(table1(apart))
    wgn = next(row for row in rows if row[1] == "pruning W+G+N")
    assert wgn[2].count("±") == 2


def test_nothing_left_is_all_compressed(inputs):
    where = {"task": "small", "variant": "wgn"}
    nothing = change(
        inputs, "counts", where, compression=np.inf, nonzero=0, lstm_nonzero=0
    )
    _, rows = page_rows(table1(nothing))
    wgn = next(row for row in rows if row[1] == "pruning W+G+N")
    assert (wgn[4], wgn[6]) == ("all", "all")


def test_losses_before_the_cut_stand_beside_those_after_it(tables):
    head, rows = page_rows(tables["table2_md"])
    assert "loss (uncut), nats" in head
    own = {row[1]: row for row in rows if row[0].startswith("Word PTB (small),")}
    # ln 104.45, and a tenth more.
    assert "4.649 (5.114)" in own["Bayes W+G+N"]
    assert "4.740" in own["dense"]
    assert "loss (uncut), nats" not in page_rows(tables["table1_md"])[0]
    table = tables["table1"]
    assert table["loss_test_uncut"].isna().all()


def test_a_page_says_which_tasks_began_with_vectors(inputs, tables):
    assert "IMDb: none, which the paper's" in tables["table2_md"]
    assert "vectors" not in tables["table1_md"]
    given = change(inputs, "counts", {"task": "imdb"}, vectors_share=0.834)
    page = tabulate(given, params(FEW))["table2_md"]
    assert "began with: IMDb: 83 % of the vocabulary." in page


@pytest.mark.parametrize("seeds", [(1, 2), (2,)])
def test_a_page_names_networks_that_nothing_is_left_of(inputs, seeds):
    nothing = inputs
    for seed in seeds:
        where = {"task": "small", "variant": "wgn", "seed": seed}
        nothing = change(nothing, "counts", where, words_remaining=0)
    methods = [row[1] for row in page_rows(table1(nothing))[1]]
    told = "no input survives" + (" in seed 2" if len(seeds) == 1 else "")
    assert methods == ["dense", "pruning W+N", f"pruning W+G+N ({told})"]


def test_time_is_that_of_the_shrunk_network(tables, inputs):
    table = tables["table1"].set_index(["variant", "seed"])
    times = inputs.times.query("task == 'small' and seed == 1 and batch == 1")
    for variant in ("wgn", "dense"):
        own = times[times["variant"].eq(variant) & times["what"].eq("shrunk")]
        found = table.loc[(variant, 1), "seconds_per_token"]
        assert found == own["seconds_per_step"].median()


def test_quality_is_the_exponential_of_the_mean():
    rows = pd.DataFrame({"nats": [2.0, 4.0], "predictions": [1, 2], "correct": np.nan})
    assert quality.draws("words", rows, 5)[0] == pytest.approx(np.exp(2))
    assert quality.draws("characters", rows, 5)[0] == pytest.approx(2 / np.log(2))
    texts = rows.assign(correct=[1, 0], predictions=1)
    assert quality.draws("texts", texts, 5)[0] == 50


def test_resamples_do_not_depend_on_how_many_are_held_at_a_time(monkeypatch):
    rows = pd.DataFrame({"nats": np.arange(9.0), "predictions": 3, "correct": np.nan})
    whole = quality.draws("words", rows, 20)
    assert np.isfinite(whole).all()
    assert whole.shape == (21,)
    monkeypatch.setattr(quality, "BLOCK", 27)
    parts = quality.draws("words", rows, 20)
    assert parts.shape == (21,)
    assert len(np.unique(parts)) > 10


def test_a_grid_shows_some_neurons_of_each_layer_with_what_is_constant(tables, inputs):
    grid = tables["fig7"]
    panels = grid.groupby("panel")
    titles = panels["title"].first().tolist()
    assert titles == [
        "Word PTB (small), LSTM 1, seed 1",
        "Word PTB (small), LSTM 2, seed 1",
        "Word PTB (large)",
    ]
    assert panels["column"].max().tolist() == [NEURONS - 1, NEURONS - 1, -1]
    assert panels["neurons"].first().tolist() == [64, 115, 0]
    rows = inputs.structure.query(
        "task == 'small' and variant == 'wgn' and seed == 1 and layer == 2"
    )
    rows = rows.set_index("unit")
    for cell in grid[grid["panel"] == 1].to_dict("records"):
        known = rows.loc[cell["unit"]]
        assert known["remaining"]
        assert cell["constant"] == (not known[cell["gate"]])
        assert np.array_equal(
            cell["value"], known[f"value_{cell['gate']}"], equal_nan=True
        )


def test_columns_of_a_grid_are_ordered_by_structure(tables):
    for _, rows in tables["fig4"].query("message == ''").groupby("panel"):
        order = rows.drop_duplicates("column").sort_values("column")["structure"]
        places = order.map(STRUCTURES.index).tolist()
        assert places == sorted(places, reverse=True)


def test_an_empty_panel_says_what_is_missing(inputs):
    fewer = without(inputs, "structure", variant="w")
    tasks = tasks_of(params(FEW))
    grid = grid_table(fewer, tasks, "w", ("imdb", "word"))
    assert (
        grid.groupby("panel")["message"].first().tolist()
        == ["Bayes W\nwas not trained"] * 2
    )
    nothing = made(("small",), left={**LEFT, ("small", "wgn"): ({}, {"ifgo": 3})})
    tasks = tasks_of(params(("small",)))
    grid = grid_table(nothing, tasks, "wgn", ("small",))
    assert grid["message"].tolist() == [
        "no input survives:\n0 of 200 neurons remain",
        "no input survives:\n3 of 200 neurons remain",
    ]
    lags = lag_table(nothing, tasks)
    assert lags["message"].iloc[0] == "no input survives"
    assert lags["message"].iloc[-1] == "no task of this run is one"


def test_a_classifier_shows_all_neurons_up_to_a_number():
    usual = {**LEFT, ("imdb", "wgn"): ({"-fg-": 28},)}
    grid = tabulate(made(("imdb",), left=usual), params(("imdb",)))["fig4"]
    assert grid["column"].max() == 27
    many = {**LEFT, ("imdb", "wgn"): ({"-fg-": 60},)}
    grid = tabulate(made(("imdb",), left=many), params(("imdb",)))["fig4"]
    assert grid["column"].max() == MOST - 1


def test_structures_are_counted_over_seeds(tables):
    table = tables["structures"]
    assert len(table) == 16 * (2 * 2 + 3 + 3 * 2)
    own = table.query("task == 'word' and variant == 'wgn' and layer == 2")
    counts = own.set_index("structure")["count"]
    assert counts["---o"] == 40
    assert counts["if-o"] == 5
    assert counts.sum() == own["neurons"].iloc[0] == 108
    assert set(own["seeds"]) == {len(SEEDS)}


def test_gradients_come_with_the_median_of_each_structure(tables):
    lags = tables["fig5"].query("title == 'Word PTB (small), pruning, seed 1'")
    units = lags[lags["unit"] != MEDIAN]
    assert units.groupby("structure")["unit"].nunique().to_dict() == {
        "---o": 40,
        "ifgo": 75,
    }
    at = units.query("lag == 7 and structure == '---o'")["norm"].median()
    middle = lags[
        lags["unit"].eq(MEDIAN) & lags["lag"].eq(7) & lags["structure"].eq("---o")
    ]
    assert middle["norm"].item() == at


def test_dense_gates_come_with_what_chance_gives(tables, inputs):
    table = tables["gates"].query("task == 'small'")
    last = table[table["epoch"] == 20].set_index("quantity")
    # Made so that what W+G+N leaves live moves most in the dense network too.
    assert last.loc["auc", "value"] > 0.99
    assert abs(last.loc["auc_other", "value"] - 0.5) < 0.15
    assert last.loc["agreement", "value"] > 0.5
    assert last.loc["agreement", "low"] < 0 < last.loc["agreement", "high"]
    first = table[table["epoch"] == 0].set_index("quantity")
    assert abs(first.loc["auc", "value"] - 0.5) < 0.15
    constant = table.query("quantity == 'constant'")
    assert (constant["low"] <= constant["value"]).all()
    assert (constant["value"] <= constant["high"]).all()
    spread = inputs.gates.query(
        "task == 'small' and epoch == 20 and layer == 1 and gate == 'g'"
    )
    found = constant.query("epoch == 20 and layer == 1 and gate == 'g'")["value"].item()
    assert found == pytest.approx((spread["spread"] < 0.01).mean())


def test_a_single_seed_has_no_other_to_compare_with():
    table = tabulate(made(("small",), seeds=(1,)), params(("small",)))["gates"]
    assert "auc" in set(table["quantity"])
    assert "auc_other" not in set(table["quantity"])


def predefined():
    return pd.DataFrame(
        [
            ["lm", variant, seed, value + seed, 4e6, 3e5, 2e6, batch, 1e-4 * batch**0.5]
            for variant, value in (("dense", 100.0), ("sparse", 97.0))
            for seed in (1, 2)
            for batch in (1, 20)
        ],
        columns=FRONT,
    )


def test_the_front_has_every_way_to_a_smaller_network(inputs):
    both = inputs._replace(predefined=predefined())
    table = front_table(both, tasks_of(params(FEW)))
    assert set(table["framework"]) == {"pruning", "bayes", "predefined"}
    assert "imdb" not in set(table["task"])
    row = table.query("task == 'small' and variant == 'wgn'").iloc[0]
    counts = inputs.counts.query(
        "task == 'small' and variant == 'wgn' and seed == 1"
    ).iloc[0]
    assert row["parameters"] == counts["nonzero"] + 10_000 + 4 * (64 + 115)
    assert (
        row["operations"]
        == counts["operations_shrunk"] + counts["operations_output_shrunk"]
    )
    assert row["test_perplexity"] == pytest.approx(105.64)
    sparse = table.query("variant == 'sparse'").iloc[0]
    assert sparse["test_perplexity"] == 98.5
    assert sparse["operations"] == 2.3e6
    assert sparse["milliseconds_1"] == pytest.approx(0.1)
    assert sparse["milliseconds_20"] == pytest.approx(0.1 * 20**0.5 / 20)


def test_what_only_recites_is_not_on_the_front(inputs):
    recites = predefined().assign(task="recite", test_perplexity=np.nan)
    both = pd.concat([predefined(), recites], ignore_index=True)
    for given, tasks in ((both, {"lm"}), (recites, set())):
        table = front_table(inputs._replace(predefined=given), tasks_of(params(FEW)))
        assert set(table.query("framework == 'predefined'")["task"]) == tasks
        assert table["test_perplexity"].notna().all()


def test_a_sweep_has_a_row_for_each_strength():
    variants = {
        **VARIANTS,
        "pruning": ("dense", "wn", "wgn", "wn-0.7", "wgn-1.2", "wgn-lstm"),
    }
    left = dict(LEFT)
    for name, neurons in (("wn-0.7", 90), ("wgn-1.2", 50), ("wgn-lstm", 60)):
        left["small", name] = ({"ifgo": neurons}, {"ifgo": 100})
    tables = tabulate(
        made(("small",), left=left, variants=variants),
        params(("small",), variants=variants),
    )
    sweep = tables["sweep"].set_index(["level", "factor"])
    assert list(sweep.index) == [("wgn", 1.0), ("wgn", 1.2), ("wn", 0.7), ("wn", 1.0)]
    assert sweep.loc[("wn", 0.7), "neurons"] == 190
    # Variants to choose λ by are in no other figure or table.
    assert set(tables["table1"]["variant"]) == {"dense", "wn", "wgn", "wgn-lstm"}
    assert "wn-0.7" not in set(tables["structures"]["variant"])


def written(inputs, folder, told):
    """The files that the rules would give, in the order of the params."""
    files = {"curves": []}
    for task, variant, seed in told.runs:
        own = inputs.curves.query(
            "task == @task and variant == @variant and seed == @seed"
        )
        path = folder / f"{task}-{variant}-{seed}.parquet"
        write_table(own.drop(columns=["task", "variant", "seed"]), path)
        files["curves"].append(str(path))
    for name in MEASURED:
        files[name] = []
        for task, seed in told.measured:
            own = getattr(inputs, name).query("task == @task and seed == @seed")
            path = folder / f"{name}-{task}-{seed}.parquet"
            write_table(own.drop(columns=["task", "seed"]), path)
            files[name].append(str(path))
    return files


@pytest.fixture
def one_task(tmp_path):
    inputs = made(("imdb",))
    told = params(("imdb",))
    told.runs = [
        ("imdb", variant, seed) for variant in VARIANTS["bayes"] for seed in SEEDS
    ]
    told.measured = [("imdb", seed) for seed in SEEDS]
    return inputs, told, written(inputs, tmp_path, told)


def files_of(paths):
    from types import SimpleNamespace

    return SimpleNamespace(**paths)


def test_what_was_measured_is_read_back(one_task):
    inputs, told, paths = one_task
    found = read(files_of(paths), told)
    for name in ("curves", *MEASURED):
        ours, theirs = getattr(found, name), getattr(inputs, name)
        assert list(ours)[:2] == ["task", "variant" if name == "curves" else "seed"]
        keys = ["variant", "seed"]
        pd.testing.assert_frame_equal(
            ours.sort_values(keys, kind="stable")[list(theirs)].reset_index(drop=True),
            theirs.sort_values(keys, kind="stable").reset_index(drop=True),
            check_dtype=False,
        )
    assert list(found.predefined) == FRONT
    assert found.predefined.empty


def test_the_front_of_the_other_study_is_read_where_it_is(one_task, tmp_path):
    _, told, paths = one_task
    write_table(predefined(), tmp_path / "front.parquet")
    for given in (str(tmp_path / "front.parquet"), [str(tmp_path / "front.parquet")]):
        found = read(files_of({**paths, "predefined": given}), told)
        assert len(found.predefined) == 8


def test_gates_of_other_studies_stand_beside_the_tasks(one_task, tmp_path):
    inputs, told, paths = one_task
    own = inputs.gates.query("seed == 1")[["epoch", "layer", "gate", "unit", "spread"]]
    write_table(own, tmp_path / "seed7.parquet")
    told.lm_seeds = [7]
    files = files_of({**paths, "lm_gates": [str(tmp_path / "seed7.parquet")]})
    found = read(files, told)
    assert found.gates.groupby("task").size().to_dict() == {
        "imdb": len(inputs.gates),
        OTHERS: len(own),
    }
    table = tabulate(found, told)["gates"].query("task == @OTHERS")
    assert set(table["quantity"]) == {"spread", "constant"}
    assert set(table["title"]) == {"language model of 000 and 001"}
    one_seed = found._replace(gates=inputs.gates.query("seed == 1"))
    theirs = tabulate(one_seed, told)["gates"].query(
        "quantity in ['spread', 'constant']"
    )
    columns = ["quantity", "layer", "gate", "epoch", "value", "low", "high"]
    pd.testing.assert_frame_equal(
        table[columns].reset_index(drop=True), theirs[columns].reset_index(drop=True)
    )


def test_a_damaged_file_is_named(one_task):
    _, told, paths = one_task
    with open(paths["counts"][0], "wb") as file:
        file.write(b"PAR1")
    with pytest.raises(InputError, match=r"counts-imdb-1\.parquet"):
        read(files_of(paths), told)


def test_tables_without_rows_do_not_spoil_the_others(one_task):
    inputs, told, paths = one_task
    write_table(inputs.units.iloc[:0].drop(columns=["task", "seed"]), paths["units"][0])
    found = read(files_of(paths), told)
    assert set(found.units["seed"]) == {2}
    assert found.units["moved"].dtype == float


def test_all_tasks_of_the_paper_have_its_names():
    assert all(task.of_paper for task in tasks_of(params()).values())
    assert [task.role for task in tasks_of(params()).values()] == list(TASKS)
