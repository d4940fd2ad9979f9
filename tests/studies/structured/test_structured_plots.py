"""Figures of structured sparsification, from made-up tables."""

from itertools import pairwise

import numpy as np
import pytest
from drawn import below, legend
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from structured_made import LEFT, TASKS, made, params

from ontogeny.disk.files import read_table, write_table
from ontogeny.plots.style import BLUE
from ontogeny.studies.structured.figures import tabulate
from ontogeny.studies.structured.fronts import COSTS
from ontogeny.studies.structured.grids import MEDIAN
from ontogeny.studies.structured.plots import FIGURES

NOTE = "mini; costing $5 or $6"
FEW = ("small", "imdb", "word")
FIGURE_NAMES = list(FIGURES)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Tables as plotting gets them: read from files."""
    return stored(tabulate(made(FEW), params(FEW)), tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def barren(tmp_path_factory):
    """One task whose W+G+N has nothing left, and no other sparse network."""
    variants = {"pruning": ("dense", "wgn"), "bayes": ()}
    left = {**LEFT, ("small", "wgn"): ({}, {})}
    inputs = made(("small",), seeds=(1,), left=left, variants=variants)
    told = params(("small",), variants=variants)
    return stored(tabulate(inputs, told), tmp_path_factory.mktemp("barren"))


def stored(tables, folder):
    found = {}
    for name in FIGURE_NAMES:
        write_table(tables[name], folder / f"{name}.parquet")
        found[name] = read_table(folder / f"{name}.parquet")
    return found


def drawn(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def shown(figure):
    """All that is written in a figure's panels and over them."""
    return " ".join(
        text.get_text()
        for axes in figure.axes
        for text in [*axes.texts, axes.title, axes._left_title]
    )


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_every_figure_is_drawn_with_its_note_below(usual, name):
    figure = FIGURES[name](usual[name], note=NOTE)
    drawn(figure)
    assert below(figure).endswith(NOTE.replace("$", r"\$"))
    assert figure.get_figwidth() in (3.5, 7)


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_every_figure_is_drawn_of_nothing_left(barren, name):
    figure = FIGURES[name](barren[name], note=NOTE)
    drawn(figure)


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_legends_cover_no_panel(usual, name):
    figure = FIGURES[name](usual[name], note=NOTE)
    renderer = drawn(figure)
    for box in [one.get_window_extent(renderer) for one in figure.legends]:
        for axes in figure.axes:
            assert not box.overlaps(axes.get_window_extent(renderer))


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_nothing_written_leaves_the_figure(usual, name):
    figure = FIGURES[name](usual[name], note=NOTE)
    renderer = drawn(figure)
    page = figure.bbox.padded(1)
    titles = [axes._left_title for axes in figure.axes]
    labels = [
        one for axes in figure.axes for one in (axes.xaxis.label, axes.yaxis.label)
    ]
    for text in [*titles, *labels, *(t for one in figure.legends for t in one.texts)]:
        if text.get_text():
            box = text.get_window_extent(renderer)
            assert page.x0 <= box.x0
            assert box.x1 <= page.x1, text.get_text()
            assert page.y0 <= box.y0
            assert box.y1 <= page.y1


def test_titles_of_neighbours_do_not_run_into_each_other(usual):
    for name in ("fig4", "fig7", "fig5"):
        figure = FIGURES[name](usual[name])
        renderer = drawn(figure)
        boxes = [axes._left_title.get_window_extent(renderer) for axes in figure.axes]
        for place, box in enumerate(boxes):
            assert box.count_overlaps(boxes[:place]) == 0


def test_constant_gates_are_white_with_their_value_and_live_ones_blue(usual):
    table = usual["fig7"]
    figure = FIGURES["fig7"](table)
    axes = figure.axes[1]
    rows = table[table["panel"] == 1]
    (mesh,) = axes.collections
    colours = mesh.get_facecolors().reshape(4, -1, 4)[..., :3]
    texts = np.array([text.get_text() for text in axes.texts]).reshape(4, -1)
    assert colours.shape[1] == rows["column"].nunique() == 15
    for cell in rows.to_dict("records"):
        at = "ifgo".index(cell["gate"]), cell["column"]
        assert np.allclose(colours[at], (1, 1, 1) if cell["constant"] else to_rgb(BLUE))
        assert bool(texts[at]) == cell["constant"]
        if cell["constant"]:
            value = float(texts[at].replace("−", "-"))
            assert value == pytest.approx(cell["value"], abs=0.005)
    assert [label.get_text() for label in axes.get_yticklabels()] == list("ifgo")


def test_structures_stand_under_their_columns(usual):
    figure = FIGURES["fig7"](usual["fig7"])
    names = [label.get_text() for label in figure.axes[1].get_xticklabels()]
    assert names == ["ifgo", "---o"]


def test_an_empty_panel_says_what_is_missing(usual, barren):
    assert "no task of this run" in shown(FIGURES["fig7"](usual["fig7"]))
    figure = FIGURES["fig7"](barren["fig7"])
    assert shown(figure).count("everything pruned:\n0 of 200 neurons remain") == 2
    assert "everything pruned" in shown(FIGURES["fig5"](barren["fig5"]))
    assert "no neuron remains" in shown(FIGURES["structures"](barren["structures"]))


def test_each_neuron_has_a_line_by_lag_in_the_look_of_its_structure(usual):
    table = usual["fig5"]
    figure = FIGURES["fig5"](table)
    assert legend(figure)[:2] == ["---o", "ifgo"]
    rows = table[(table["panel"] == 0) & (table["unit"] != MEDIAN)]
    axes = figure.axes[0]
    by_structure = rows.groupby("structure")["unit"].nunique()
    assert sorted(len(one.get_segments()) for one in axes.collections) == sorted(
        by_structure
    )
    assert axes.get_yscale() == "log"
    short = next(
        one
        for one in axes.collections
        if len(one.get_segments()) == by_structure["---o"]
    )
    unit = rows.query("structure == '---o'")["unit"].min()
    drawn_norms = short.get_segments()[0][:, 1]
    assert np.allclose(drawn_norms, rows[rows["unit"] == unit]["norm"])
    # Medians, where there are many neurons.
    assert len(axes.lines) == len(by_structure)


def test_structures_show_counts_and_shares(usual):
    table = usual["structures"]
    figure = FIGURES["structures"](table)
    (mesh, *_) = figure.axes[0].collections
    values = mesh.get_array().reshape(-1, 16)
    own = table.query("task == 'word' and variant == 'wgn' and layer == 2")
    shares = own["count"].to_numpy() / own["neurons"].to_numpy()
    assert np.allclose(values[-1], shares)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[-1] == "Word PTB (small), Bayes W+G+N, LSTM 2 (108)"
    assert len(set(names)) == len(names)


def test_the_front_has_a_look_of_its_own_for_every_point(usual):
    figure = FIGURES["front"](usual["front"])
    handles = figure.legends[0].legend_handles
    looks = {(h.get_color(), h.get_marker(), h.get_markerfacecolor()) for h in handles}
    assert len(looks) == len(usual["front"])
    assert all(axes.get_xscale() == "log" for axes in figure.axes)


def test_four_panels_for_each_dense_network(usual):
    figure = FIGURES["gates"](usual["gates"])
    assert len(figure.axes) == 4 * usual["gates"]["task"].nunique()
    assert {"gate i", "gate o", "LSTM 2", "shuffled gates"} <= set(legend(figure))


def test_all_settings_of_the_paper_fit_one_figure():
    inputs = made(("agnews", "char"), seeds=(1,))
    table = tabulate(inputs, params(tuple(TASKS)))["fig4"]
    figure = FIGURES["fig4"](table)
    drawn(figure)
    assert "was not trained" in shown(figure)


@pytest.mark.parametrize("wide", [1.2, 2.9, 3.1, 40])
def test_each_axis_of_the_front_has_labels_that_keep_apart(usual, wide):
    table = usual["front"].dropna(subset=COSTS).head(2).copy()
    for cost in COSTS:
        table[cost] = np.array([1.0, wide]) * table[cost].iloc[0]
    figure = FIGURES["front"](table)
    renderer = drawn(figure)
    for axes in figure.axes:
        low, high = axes.get_xlim()
        labels = [
            label.get_window_extent(renderer)
            for at, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            if low <= at <= high
        ]
        assert len(labels) >= 2
        assert all(b.x0 - a.x1 > 2 for a, b in pairwise(labels))
