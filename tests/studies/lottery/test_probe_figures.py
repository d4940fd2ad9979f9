"""Tables, pages and plots of probes."""

import numpy as np
import pandas as pd
import pytest
from lottery_made import made
from probe_tables_made import MLP, NOISY, TASKS, planted, probe_tables

from ontogeny.disk.files import read_table, write_table
from ontogeny.measures.probing.metrics import SCORES
from ontogeny.studies.lottery.figures import tabulate_probes
from ontogeny.studies.lottery.inputs import NO_PROBES, Inputs
from ontogeny.studies.lottery.plots import FIGURES
from ontogeny.studies.lottery.probe_control import without_structure
from ontogeny.studies.lottery.probe_points import (
    beside_control,
    best_layers,
    noise_floors,
    own_scores,
    text_weights,
    with_draws,
    z_scales,
)
from ontogeny.studies.lottery.probe_tables import best_scores, group_layers
from ontogeny.studies.lottery.probed import Probed

LAYERS, PRUNINGS = 2, (0, 4, 8)
NAMES = ("fig1", "fig2", "fig3", "figa3", "knowledge", "selectivity")
GROUPS = {
    group: [task for task, own in TASKS.items() if own[1] == group]
    for group in ("syntax", "semantics")
}


@pytest.fixture(scope="module")
def inputs():
    chains = {"magnitude": 2, "unpruned": 2}
    trained = made((1,), layers=LAYERS, at_once=4, chains=chains)
    return trained._replace(**probe_tables(layers=LAYERS, prunings=PRUNINGS))


@pytest.fixture(scope="module")
def tables(inputs):
    return tabulate_probes(Probed.of(inputs), without_structure(inputs))


@pytest.fixture(scope="module")
def nothing(inputs):
    without = inputs._replace(**NO_PROBES)
    return tabulate_probes(Probed.of(without), without_structure(without))


def pick(table, **wanted):
    for column, value in wanted.items():
        table = table[table[column].eq(value)]
    return table


def one(table, **wanted):
    found = pick(table, **wanted)
    assert len(found) == 1
    return found.iloc[0]


def score(task, chain, k, layer):
    return planted(task, "dense" if k == 0 else chain, k, layer, LAYERS)


def cells(task, layers=range(1, LAYERS + 1)):
    """The scores that z is counted from."""
    return np.array([score(task, "magnitude", k, x) for k in PRUNINGS for x in layers])


def said(figure):
    titles = [axes.get_title() for axes in figure.axes]
    return " ".join([*titles, figure.get_supxlabel()])


def flowing(figure):
    return " ".join(said(figure).split())


# Numbers.


def test_draws_are_scores_of_the_units_that_were_drawn(inputs):
    weights = text_weights(inputs.probes, inputs.probe_tasks, resamples=7)
    for task in ("ner", "ef", "coref"):
        own = own_scores(inputs.probes, inputs.probe_tasks)
        row = pick(own, task=task, chain="dense", layer=1).iloc[:1]
        (draws,) = with_draws(row, inputs.probe_tasks, weights)["draws"]
        units, sums = row["units"].item(), row["sums"].item()
        matrix = np.reshape(sums, (len(units), -1))
        metric = SCORES[row["metric"].item()]
        times = weights[TASKS[task][5]]
        for draw, drawn in zip(draws, times, strict=True):
            repeated = np.repeat(matrix, drawn[units].astype(int), axis=0)
            assert draw == pytest.approx(float(metric(repeated.sum(axis=0))))
        assert draws[0] == pytest.approx(row["score"].item())
        assert len(set(draws)) > 5


def test_tasks_of_one_text_share_resamples_and_others_do_not(inputs):
    weights = text_weights(inputs.probes, inputs.probe_tasks, resamples=20)
    assert set(weights) == {own[5] for own in TASKS.values()}
    assert all((drawn[0] == 1).all() for drawn in weights.values())
    # Of equally many units, too.
    tasks = inputs.probe_tasks.assign(text=inputs.probe_tasks["task"])
    apart = text_weights(inputs.probes, tasks, resamples=20)
    assert apart["pos"].shape == apart["ner"].shape
    assert (apart["pos"][1:] != apart["ner"][1:]).any()


def test_z_of_a_task_has_mean_0_and_mean_square_1(inputs, tables):
    row = one(tables["figa3"], chain="unpruned", prunings=8, layer=2)
    every = cells("pos")
    expected = score("pos", "unpruned", 8, 2) - every.mean()
    assert row["value"] == pytest.approx(expected / every.std())
    assert row["spread"] == pytest.approx(every.std())
    of_chain = pick(tables["figa3"], chain="magnitude")["value"]
    assert len(of_chain) == LAYERS * len(PRUNINGS)
    assert of_chain.mean() == pytest.approx(0, abs=1e-9)
    assert (of_chain**2).mean() == pytest.approx(1)


def test_the_best_layer_is_chosen_on_validation(inputs, tables):
    # Of every third task the planted best layer is the one before the last.
    for at, task in enumerate(TASKS):
        rows = pick(tables["fig1"], task=task)
        assert set(rows["layer"]) == {LAYERS - 1 if at % 3 == 0 else LAYERS}
        row = one(rows, chain="magnitude", prunings=8)
        best = row["layer"]
        assert row["score"] == pytest.approx(score(task, "magnitude", 8, best))
        every = cells(task)
        assert row["value"] == pytest.approx(
            (row["score"] - every.mean()) / every.std()
        )
    scores = own_scores(inputs.probes, inputs.probe_tasks)
    turned = scores.assign(valid_score=-scores["valid_score"])
    assert set(pick(best_layers(turned), probe="linear", task="ccg")["layer"]) == {1}
    alike = best_layers(scores.assign(valid_score=0.5))
    assert set(pick(alike, probe="linear")["layer"]) == {1}


def test_intervals_hold_what_they_are_of(tables):
    for name in ("fig1", "fig2", "figa3", "knowledge", "selectivity"):
        table = tables[name]
        known = table[table["low"].notna()]
        assert len(known)
        assert (known["low"] < known["value"]).all()
        assert (known["value"] < known["high"]).all()
    table = tables["fig1"]
    assert (table["score_low"] < table["score"]).all()
    # An interval of z is that of the score, in other units.
    width = (table["high"] - table["low"]) * table["spread"]
    assert width.to_numpy() == pytest.approx(table["score_high"] - table["score_low"])


def test_a_task_that_does_not_vary_has_no_z(inputs):
    probes = inputs.probes
    steady = probes["task"].eq("ccg")
    row = probes[steady & probes["metric"].eq("accuracy")].iloc[0]
    same = probes.assign(
        score=probes["score"].mask(steady, row["score"]),
        sums=[
            row["sums"] if so else own
            for so, own in zip(steady, probes["sums"], strict=True)
        ],
    )
    few = same[same["task"].isin(GROUPS["syntax"])]
    probed = Probed.of(inputs._replace(probes=few))
    best = pick(best_scores(probed, "linear"), task="ccg")
    assert best["value"].isna().all()
    assert best["score"].notna().all()
    syntax = group_layers(probed, ["syntax"])
    assert set(syntax["tasks"]) == {len(GROUPS["syntax"]) - 1}
    assert set(syntax["left_out"]) == {"CCG"}


def test_the_noise_floor_is_of_probe_seeds_or_of_another_lth0(inputs):
    scores = own_scores(inputs.probes, inputs.probe_tasks)
    floors = noise_floors(scores, inputs.probe_seeds)
    own = one(floors, task="pos", layer=1)
    # Five seeds, planted 0.001 apart.
    assert own["floor"] == pytest.approx(2.8 * 0.001 * np.sqrt(2.5))
    other = pick(scores, chain="dense").assign(seed=2)
    other = other.assign(score=other["score"] + 0.03)
    both = pd.concat([scores, other])
    floors = noise_floors(both, inputs.probe_seeds)
    assert one(floors, task="pos", layer=1, seed=1)["floor"] == pytest.approx(0.03)
    assert one(floors, task="pos", layer=1, seed=2)["floor"] == pytest.approx(0.03)
    assert one(floors, task=NOISY, layer=1, seed=1)["floor"] > 0.4
    unknown = noise_floors(scores, pick(inputs.probe_seeds, probe_seed=0))
    assert unknown["floor"].isna().all()
    assert not z_scales(scores, unknown)["pale"].any()


def test_a_task_below_its_noise_floor_is_pale_and_in_no_mean(tables):
    assert set(pick(tables["fig1"], pale=True)["task"]) == {NOISY}
    table = tables["fig3"]
    for group, tasks in GROUPS.items():
        rows = pick(table, group=group)
        kept = [task for task in tasks if task != NOISY]
        assert set(rows["tasks"]) == {len(kept)}
        assert set(rows["left_out"]) == {"Coref" if NOISY in tasks else ""}
        row = one(rows, chain="magnitude", prunings=4, layer=1)
        each = [
            (score(task, "magnitude", 4, 1) - cells(task).mean()) / cells(task).std()
            for task in kept
        ]
        assert row["value"] == pytest.approx(np.mean(each))
        assert row["low"] < row["value"] < row["high"]


def test_the_mlp_s_z_is_over_models_at_the_last_layer(tables):
    table = tables["fig2"]
    assert set(table["task"]) == set(MLP)
    assert set(table["layer"]) == {LAYERS}
    assert set(pick(table, chain="unpruned")["prunings"]) == {0, 8}
    every = cells("ner", [LAYERS])
    row = one(table, task="ner", chain="magnitude", prunings=8)
    assert row["value"] == pytest.approx((every[-1] - every.mean()) / every.std())
    assert row["score"] == pytest.approx(every[-1] + 0.05)


def test_knowledge_stands_beside_its_nulls(tables):
    table = pick(tables["knowledge"], task="ner")
    scores, codes = (pick(table, quantity=q) for q in ("score", "compression"))
    assert one(scores, chain="embedding")["value"] == pytest.approx(
        score("ner", "", 0, -1)
    )
    best = max(planted("ner", "untrained", 0, x, LAYERS) for x in (1, 2))
    assert one(scores, chain="untrained")["value"] == pytest.approx(best)
    assert set(pick(scores, chain="unpruned")["prunings"]) == set(PRUNINGS)
    of = {"magnitude": 8, "embedding": 0}
    found = [one(codes, chain=c, prunings=k)["value"] for c, k in of.items()]
    expected = [4 * score("ner", "magnitude", 8, LAYERS), 4 * score("ner", "", 0, -1)]
    assert found == pytest.approx(expected)
    assert codes["low"].isna().all()
    assert set(scores["sparsity"].round(2)) == {0, 0.59, 0.83}


def test_selectivity_is_paired(inputs, tables):
    table = tables["selectivity"]
    for task in ("ner", "ef"):
        for chain, k in (("dense", 0), ("magnitude", 8), ("unpruned", 8)):
            own = pick(table, task=task, chain=chain, prunings=k)
            of = own.set_index("quantity")
            # Beside control labels the score is of words: planted 0.02 higher.
            there = score(task, chain, k, LAYERS)
            assert of["value"]["score"] == pytest.approx(there + 0.02)
            assert of["value"]["selectivity"] == pytest.approx(0.22)
            best = max(score(task, chain, k, x) for x in (1, 2))
            assert of["value"]["beyond_form"] == pytest.approx(best - 0.5)
    assert set(table["prunings"]) == {0, 8}
    assert set(pick(table, few_types=True)["title"]) == {"ST"}
    # Labels that are scored alike in every resample differ by the same in all.
    probes = inputs.probes
    true = pick(probes, labels="true", recipe="converged")
    same = pd.concat([true, true.assign(labels="control")], ignore_index=True)
    weights = text_weights(probes, inputs.probe_tasks, resamples=5)
    drawn = beside_control(same, inputs.probe_tasks, weights)
    assert all((one == 0).all() for one in drawn["selectivity"])


def test_several_seeds_have_their_mean_the_least_and_the_most():
    chains = {"magnitude": 2}
    two = made((1, 2), layers=LAYERS, at_once=4, chains=chains)
    two = two._replace(
        **probe_tables(
            (1, 2), layers=LAYERS, prunings=PRUNINGS, null="", tasks=("pos", "ner")
        )
    )
    row = one(best_scores(Probed.of(two), "linear"), task="ner", prunings=8)
    first = score("ner", "magnitude", 8, 1)
    ends = row[["score", "score_low", "score_high"]].to_list()
    assert ends == pytest.approx([first + 0.0005, first, first + 0.001])
    assert row["seeds"] == 2


# The paper's numbers, and pages.


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("table_a2", "PS-Role", (0.740, 0.737, 0.721)),
        ("table_a2", "GED", (0.302, 0.309, 0.299)),
        ("table_a2", "SemArcPred", (0.892, 0.903, 0.917)),
        ("table_a3", "Coref", (0.832, 0.834, 0.814)),
        ("table_a3", "NER", (0.790, 0.796, 0.782)),
        ("table_a3", "EF", (0.735, 0.736, 0.732)),
    ],
)
def test_tables_stand_beside_the_paper_s(name, title, expected, tables):
    rows = pick(tables[name], title=title, chain="magnitude")
    assert rows["model"].to_list() == ["LTH0", "LTH4", "LTH8"]
    assert tuple(rows["paper"]) == expected
    assert pick(tables[name], chain="unpruned")["paper"].isna().all()
    figure = tables["fig1" if name == "table_a2" else "fig2"]
    own = pick(figure, title=title, chain="magnitude")
    assert rows["score"].to_list() == own["score"].to_list()
    assert rows["z_low"].to_list() == own["low"].to_list()
    in_order = list(dict.fromkeys(tables[name]["title"]))
    assert in_order[:4] == ["PS-Fxn", "PS-Role", "Coref", "SynArcPred"]
    assert len(in_order) == 8


def test_the_page_has_intervals_z_and_what_stands_in(tables):
    page = tables["probes"]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()
    ]
    (task,) = (row for row in rows if row[:3] == ["POS", "UD English-EWT, XPOS", "PTB"])
    assert task[-1] == "0.0044"
    linear, mlp = (row for row in rows if row[:2] == ["NER", "LTH8"])
    own = one(tables["table_a2"], task="ner", chain="magnitude", prunings=8)
    ends = own[["score", "score_low", "score_high"]]
    assert linear[2] == "{:.3f} ({:.3f} to {:.3f})".format(*ends)
    assert linear[3] == f"{own['z']:.1f}"
    assert (linear[-1], mlp[-1]) == ("0.717", "0.782")
    (middle,) = (
        row for row in rows if row[:2] == ["NER", "LTH4"] and row[-1] == "0.796"
    )
    assert middle[4:6] == ["–", "–"]  # no unpruned one
    (star,) = (row for row in rows if row[:2] == ["ST*", "LTH8, magnitude"])
    assert star[-1] == f"{4 * score('st', 'magnitude', 8, LAYERS):.2f}"


@pytest.mark.parametrize("name", NAMES)
def test_a_run_without_probes_says_so(name, nothing, tables, tmp_path):
    write_table(nothing[name], tmp_path / "table.parquet")
    stored = read_table(tmp_path / "table.parquet")
    assert len(stored) == 0
    assert set(stored) == set(tables[name])
    assert "not measured in this run" in {
        text.get_text() for axes in FIGURES[name](stored).axes for text in axes.texts
    }
    assert nothing["probes"].count("Nothing was measured for it in this run.") == 5


# Plots.


def panels(figure):
    return [axes for axes in figure.axes if axes.get_title()]


def written(axes):
    return [text.get_text() for text in axes.texts]


def tenths(values):
    return [f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−") for value in values]


@pytest.mark.parametrize(("name", "unpruned"), [("fig1", [4, 8]), ("fig2", [8])])
def test_cells_are_the_table_s(name, unpruned, tables):
    table = tables[name]
    figure = FIGURES[name](table)
    z, null, scores = panels(figure)
    own = pick(table, chain="magnitude")
    shown = own.sort_values("prunings", kind="stable")
    assert sorted(written(z)) == sorted(tenths(shown["value"]))
    expected = [f"{value:.3f}".removeprefix("0") for value in shown["score"]]
    assert written(scores) == expected
    other = pick(table, chain="unpruned")
    other = other[other["prunings"].isin(unpruned)]
    assert sorted(written(null)) == sorted(tenths(other["value"]))
    rows = [text.get_text() for text in z.get_yticklabels()]
    assert rows == ["LTH0", "LTH4, 59 %", "LTH8, 83 %"]
    columns = [text.get_text() for text in scores.get_xticklabels()]
    assert columns == list(dict.fromkeys(table["title"]))
    assert len(z.patches) == len(PRUNINGS)  # the pale task
    assert not scores.patches
    assert "Hatched: one z is below the noise floor." in flowing(figure)
    assert "PS-Fxn, PS-Role: STREUSLE 4.7 for STREUSLE 4.0" in flowing(figure)


def test_layers_and_models_are_the_table_s(tables):
    for name, columns in (("fig3", ["value"]), ("figa3", ["value", "score"])):
        table = tables[name]
        of_line = [pick(table, group=group) for group in ("syntax", "semantics")]
        lines = of_line if name == "fig3" else [table, table]
        found = iter(panels(FIGURES[name](table)))
        for rows, column in zip(lines, columns * (3 - len(columns)), strict=True):
            for chain in ("magnitude", "unpruned"):
                own = pick(rows, chain=chain).sort_values(["layer", "prunings"])
                expected = tenths(own["value"])
                if column == "score":
                    expected = [f"{v:.3f}".removeprefix("0") for v in own["score"]]
                axes = next(found)
                assert written(axes) == expected
                ticks = [text.get_text() for text in axes.get_xticklabels()]
                if chain == "magnitude":
                    assert ticks == ["0\n0", "4\n59", "8\n83"]
    assert "POS: UD English-EWT, XPOS for PTB" in flowing(
        FIGURES["figa3"](tables["figa3"])
    )
    told = flowing(FIGURES["fig3"](tables["fig3"]))
    assert "Mean z over 10 tasks (syntax) and 6 tasks (semantics)." in told
    assert "left out: Coref." in told


def test_courses_are_the_table_s(tables):
    # More than stand side by side.
    table = tables["knowledge"]
    table = table[table["task"].isin(list(TASKS)[:7])]
    found = panels(FIGURES["knowledge"](table))
    quantities = ["score"] * 7 + ["compression"] * 7
    for axes, quantity in zip(found, quantities, strict=True):
        rows = pick(table, quantity=quantity, title=axes.get_title())
        drawn = [list(line.get_ydata()) for line in axes.lines]
        for chain, own in rows.groupby("chain"):
            values = own.sort_values("prunings")["value"].to_list()
            assert (values if len(values) > 1 else 2 * values) in drawn, chain
        assert len(drawn) == 4
    score_only = pick(table, quantity="score")
    figure = FIGURES["knowledge"](score_only)
    assert len(panels(figure)) == 7
    assert "Compression" not in said(figure)


def test_selectivity_is_drawn_as_it_is(tables):
    table = tables["selectivity"]
    figure = FIGURES["selectivity"](table)
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names == [TASKS[task][0] + "*" * (task == "st") for task in TASKS]
    points = {
        tuple(line.get_xdata()) for axes in figure.axes for line in axes.lines
        if len(line.get_xdata()) == len(TASKS)
    }  # fmt: skip
    shown = table[table["chain"].isin(["dense", "magnitude", "unpruned"])]
    expected = {
        tuple(own["value"]) for _, own in shown.groupby(["quantity", "chain"])
    }  # fmt: skip
    assert points == expected
    assert len(expected) == 4 * 3
    without = table[table["quantity"].ne("beyond_form")]
    figure = FIGURES["selectivity"](without)
    assert len(figure.axes) == 2
    assert "Form alone" not in said(figure)


def test_many_models_fit_too(within):
    chains = {"magnitude": 9, "unpruned": 9}
    many = made((1,), layers=3, chains=chains)._replace(**probe_tables())
    table = best_scores(Probed.of(many), "linear")
    figure = FIGURES["fig1"](table, note="a note")
    assert within(figure)
    assert [len(written(axes)) for axes in panels(figure)] == [9 * 18, 8 * 18, 9 * 18]


def test_another_lth0_is_in_the_noise_floor_and_shown_nowhere(inputs):
    """Its rows are of chain dense, as a seed that has no other."""
    own = inputs.probes
    seed = own["seed"].iloc[0]
    one = {
        name: table[table["seed"].eq(seed)]
        for name, table in inputs._asdict().items()
        if "seed" in table and name.startswith("probe")
    }
    probes = one["probes"]
    another = probes[probes["chain"].eq("dense") & probes["recipe"].eq("paper")]
    another = another.assign(seed=99, score=another["score"] - 0.3)
    alone = Probed.of(inputs._replace(**one))
    both = Probed.of(inputs._replace(**one | {"probes": pd.concat([probes, another])}))
    assert set(both.scores["seed"]) == set(alone.scores["seed"]) == {seed}
    assert set(both.others["seed"]) == {seed}
    pd.testing.assert_series_equal(both.scales["spread"], alone.scales["spread"])
    assert both.scales["floor"].ge(0.3 - 1e-9).all()
    assert alone.scales["floor"].lt(0.3).any()


# A language without structure


def controlled(score, form=0.5, units=200, seed=0):
    """Sentences of ten words, tagged rightly at these rates."""
    rng = np.random.default_rng(seed)
    rows = []
    for site, rate in (("form", form), ("encoder2", score)):
        right = rng.binomial(10, rate, size=units)
        sums = np.stack([right, np.full(units, 10)], axis=1).astype(float)
        rows.append(
            {
                "chain": "control", "seed": 1, "task": "pos", "site": site, "layer": 2,
                "recipe": "paper", "labels": "true", "metric": "accuracy",
                "score": right.sum() / units / 10, "units": np.arange(units),
                "sums": sums.ravel(),
            }
        )  # fmt: skip
    tasks = pd.DataFrame([{"task": "pos", "title": "POS", "metric": "accuracy"}])
    return NO_INPUTS._replace(probes=pd.DataFrame(rows), probe_tasks=tasks)


NO_INPUTS = Inputs(*[pd.DataFrame()] * len(Inputs._fields))


@pytest.mark.parametrize(
    ("score", "no_more"), [(0.4, True), (0.51, True), (0.6, False)]
)
def test_what_exceeds_form_alone_is_told(score, no_more):
    row = without_structure(controlled(score)).iloc[0]
    assert row["no_more"] == no_more
    assert row["low"] < row["beyond"] < row["high"]
    assert row["beyond"] == pytest.approx(score - 0.5, abs=0.05)
    # Paired sentences: the interval is that of the difference's mean.
    error = (row["high"] - row["low"]) / 3.92
    assert error == pytest.approx(np.sqrt(2 * 0.25 / 2000), rel=0.25)


def test_without_a_control_language_there_is_no_row():
    assert without_structure(NO_INPUTS._replace(**NO_PROBES)).empty
