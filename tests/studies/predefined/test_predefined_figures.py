"""Tables and figures of the study of predefined sparseness."""

import numpy as np
import pandas as pd
import pytest
from drawn_predefined import inputs, params

from ontogeny.disk.files import write_table
from ontogeny.predefined import SparseLSTM, embedding_rows
from ontogeny.studies.predefined.figures import tabulate
from ontogeny.studies.predefined.inputs import read
from ontogeny.studies.predefined.plots import FIGURES

NAMES = list(FIGURES)


@pytest.fixture(scope="module")
def tables():
    return tabulate(inputs(awd=True), params())


@pytest.fixture(scope="module")
def empty():
    nothing = inputs(pos=False, text=False)
    return tabulate(nothing, params(judged_hidden=None, dimensions=None))


def test_figure_1_has_the_paper_s_parameters(tables):
    shares = tables["fig1"].groupby("matrix")["trained"].mean()
    assert shares["W_hh"] == pytest.approx(1 / 3)
    assert shares["W_hi"] == pytest.approx(0.555, abs=1e-3)
    lstm = SparseLSTM(1725, 1725, blocks=3, density=0.555, device="meta")
    of_input, recurrent = (mask[:1725].float().mean() for mask in lstm.masks())
    assert shares["W_hi"] == pytest.approx(float(of_input), abs=1e-6)
    assert shares["W_hh"] == pytest.approx(float(recurrent), abs=1e-6)


def test_figure_2_has_the_densities_that_it_says(tables):
    for density, rows in tables["fig2"].groupby("density"):
        assert rows["trained"].mean() == pytest.approx(density, abs=1e-4)
        words = rows.groupby("dimension")["trained"].sum() * 440
        assert words.to_numpy() == pytest.approx(embedding_rows(44_000, 20, density))


def test_figure_3_has_means_and_deviations_over_seeds(tables):
    table = tables["fig3"].set_index("variant")
    assert (table["seeds"] == 3).all()
    assert table.loc["sparse5_lstm10", "accuracy_percent"] == pytest.approx(
        84.5, abs=0.6
    )
    assert (table["stdev"] > 0).all()
    assert set(table["hidden"]) == {10, 50}
    assert set(table["order"]) == {"up", "down", "random"}


def test_curves_are_perplexities(tables):
    table = tables["curves"]
    last = table[(table["epoch"] == 3) & (table["stage"] == "trained")]
    own = last.set_index(["task", "variant", "quantity"])["value"]
    assert own["lm", "sparse_plain", "train"] == pytest.approx(50)
    assert own["lm", "dense", "test"] == pytest.approx(120)
    assert own["recite", "sparse_both", "recited"] == pytest.approx(5)
    assert (table["value_min"] <= table["value"] + 1e-9).all()


def test_table_1_stands_beside_the_paper_s(tables):
    table = tables["table1"].set_index(["task", "variant", "finetune"])
    row = table.loc[("awd", "sparse", "no")]
    assert row["paper"] == "57.9 ± 0.3"
    assert row["test_perplexity"] == pytest.approx(57.9)
    assert row["test_stdev"] == pytest.approx(0.1)
    assert table.loc[("lm", "dense", "no"), "paper"] == "not available"
    gap = table.loc[("lm", "dense", "no"), "overfit_nats"]
    assert gap == pytest.approx(np.log(120 / 100))
    other = tabulate(inputs(awd=True), params(as_in_paper=False))["table1"]
    assert set(other["paper"]) == {"not available"}


def test_table_2_has_all_taggers_and_their_parameters(tables):
    table = tables["table2"]
    own = table[(table["hidden"] == 10) & (table["width"] == 5)]
    assert own["embedding"].tolist() == [
        "dense", "sparse", "sparse, down", "sparse, random", "sparse, blocks",
    ]  # fmt: skip
    assert (own["parameters"] > own["embedding_parameters"]).all()


def test_table_3_recites(tables):
    table = tables["table3"].set_index("variant")
    assert table["train_perplexity"].tolist() == pytest.approx([2, 9, 6, 5])
    assert (table["epochs"] == 3).all()


def test_the_page_holds_all_tables(tables, empty):
    page = tables["tables"]
    assert page.count("\n## Table") == 3
    assert "57.033" in page
    assert "| sparse_lstm" in page
    assert "| 4,653,200" in page
    assert empty["tables"].count("Nothing was trained for it in this run.") == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_whole_and_the_same_twice(name, tables, within, assert_equal_bytes):
    draw = FIGURES[name]
    assert within(draw(tables[name], note="a note of the run"))
    assert_equal_bytes(lambda: draw(tables[name], note="a note"))


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_of_nothing_says_so(name, empty, within):
    figure = FIGURES[name](empty[name], note="a note")
    assert within(figure)
    said = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    assert ("not trained in this run" in said) == (name in ("fig3", "curves"))


def test_one_seed_has_no_deviation(within):
    table = tabulate(inputs((1,)), params((1,)))
    assert table["fig3"]["stdev"].isna().all()
    assert within(FIGURES["fig3"](table["fig3"]))
    assert "| – " in table["tables"]


def test_a_table_that_was_stored_draws_the_same(tables, empty, tmp_path):
    from ontogeny.disk.files import read_table

    for kind in (tables, empty):
        for name in NAMES:
            path = tmp_path / f"{name}.parquet"
            write_table(kind[name], path)
            FIGURES[name](read_table(path))


def test_inputs_are_read_by_run(tmp_path, make_job):
    run = inputs((1, 2))
    names = [(name, seed) for name, seed in run.tagged]
    models = list(run.quality)
    files = {"checks": str(tmp_path / "checks.parquet")}
    write_table(run.checks, files["checks"])

    def write(kind, key, table):
        path = tmp_path / f"{kind}{len(files.setdefault(kind, []))}.parquet"
        write_table(table, path)
        files[kind].append(str(path))

    for name, seed in names:
        here = (run.taggers["variant"] == name) & (run.taggers["seed"] == seed)
        write("taggers", name, run.taggers[here].drop(columns=["variant", "seed"]))
        write("tagged", name, run.tagged[name, seed])
    for task, name, seed in models:
        here = (run.networks[["task", "variant", "seed"]] == [task, name, seed]).all(
            axis=1
        )
        write(
            "networks",
            name,
            run.networks[here].drop(columns=["task", "variant", "seed"]),
        )
        write("quality", name, run.quality[task, name, seed])
        write("curves", name, run.curves[task, name, seed])
    job = make_job(input=files, params={"tagger_runs": names, "network_runs": models})
    found = read(job.input, job.params)
    assert set(found.tagged) == set(names)
    assert list(found.quality) == models
    pd.testing.assert_frame_equal(
        found.taggers.sort_index(axis=1),
        run.taggers.sort_index(axis=1),
        check_dtype=False,
    )
