"""Figures of scaffolds, from made-up tables."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from test_scaffold_figures import MAIN, OCCURRENCES, measures, tables

from ontogeny.disk.files import write_table
from ontogeny.studies.scaffold.figures import tabulate
from ontogeny.studies.scaffold.inputs import Inputs
from ontogeny.studies.scaffold.plots import FIGURES, PROBABILITY, STYLES, looks

NOTE = "mini; costing $5 or $6"
X = {"fig9": "position", "fig11": "occurrences", "fig12": "position"}


@pytest.fixture(scope="module")
def usual():
    return tables()


@pytest.fixture(scope="module")
def alone():
    return tables(seeds=(1,), resamples=50)


@pytest.mark.parametrize("name", FIGURES)
def test_lines_are_the_means_over_seeds_of_the_table(usual, name):
    table = usual[name]
    means = table[table["seed"].isna()]
    (axes,) = FIGURES[name](table, note=NOTE).axes
    drawn = {(tuple(x.get_xdata()), tuple(x.get_ydata())): x for x in axes.lines}
    bands = [c.get_paths()[0].vertices[:, 1] for c in axes.collections]
    groups = means.groupby(["setting", "length", "quantity"])
    assert len(drawn) == len(groups) == len(bands)
    shown = looks(table["length"])
    for (setting, length, quantity), rows in groups:
        x = rows[X.get(name, "epoch")]
        line = drawn[tuple(x), tuple(rows["mean"])]
        style, filled = STYLES[setting]
        if quantity == "probability_scaffold":
            style, filled = ":", False
        assert line.get_linestyle() == (
            "None" if name == "fig11" and len(x) < 3 else style
        )
        assert (line.get_markerfacecolor() != "white") == filled
        assert line.get_color() == shown[length].color
        assert line.get_marker() == shown[length].marker
        limits = {*rows["low"], *rows["high"]}
        assert any(limits <= set(band) for band in bands)


def test_figures_7a_and_7b_have_the_same_scale(usual):
    for name in ("fig7a", "fig7b", "fig9"):
        (axes,) = FIGURES[name](usual[name]).axes
        assert axes.get_ylim() == PROBABILITY


def test_figures_8_and_10_begin_at_0(usual):
    for name in ("fig8", "fig10"):
        (axes,) = FIGURES[name](usual[name]).axes
        assert axes.get_ylim()[0] <= 0
        assert axes.get_ylim()[1] > usual[name]["high"].max()


def test_figure_11_has_every_n_on_logarithmic_axes(usual):
    figure = FIGURES["fig11"](usual["fig11"], note=NOTE)
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xticks().tolist() == list(OCCURRENCES)
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["30", "100", "300", "1,000"]


def texts(figure):
    FigureCanvasAgg(figure).draw()
    legends = [text for legend in figure.legends for text in legend.get_texts()]
    below = figure._supxlabel.get_text() if figure._supxlabel else ""
    return {text.get_text() for text in legends}, below.replace("\n", " ")


def test_legends_and_notes_tell_what_is_drawn(usual, alone):
    lengths = {"$k$ = 2", "$k$ = 4"}
    names, below = texts(FIGURES["fig7a"](usual["fig7a"], note=NOTE))
    assert names == lengths | {"familiar", "unfamiliar"}
    bands = "Bands: 95\u00a0% intervals over scaffolds"
    assert f"{bands}, from the lowest to the highest seed's end." in below
    assert "the rule stands 1,000 times in each text." in below
    assert below.endswith(NOTE.replace("$", r"\$"))
    assert "over scaffolds." in texts(FIGURES["fig7a"](alone["fig7a"]))[1]
    names, below = texts(FIGURES["fig11"](usual["fig11"], note=NOTE))
    assert names == lengths | {r"from $\alpha$ alone", "from the scaffold alone"}
    assert "unfamiliar scaffolds, after epoch 10." in below
    assert "After epoch 10." in texts(FIGURES["fig9"](usual["fig9"]))[1]
    few = usual["fig7a"].query("setting == 'unfamiliar'")
    assert "familiar" not in texts(FIGURES["fig7a"](few))[0]


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_measured_is_said(usual, name):
    figure = FIGURES[name](usual[name].iloc[:0], note=NOTE)
    assert texts(figure)[0] == set()
    assert [text.get_text() for text in figure.axes[0].texts] == ["not measured"]


def relabelled(table, lengths):
    """The same curves under more lengths than were made."""
    copies = [table.assign(length=length) for length in lengths]
    return type(table)(np.concatenate(copies), columns=table.columns).astype(
        table.dtypes
    )


@pytest.mark.parametrize("name", FIGURES)
def test_all_text_is_within_the_figure(name, usual, alone, within):
    paper = relabelled(usual[name].query("length == 4"), (2, 4, 6, 8))
    most = relabelled(usual[name].query("length == 4"), range(2, 9))
    for table in (usual[name], alone[name], paper, most):
        for note in ("", NOTE * 6):
            assert within(FIGURES[name](table, note=note))


@pytest.mark.parametrize("name", ["fig7a", "fig11"])
def test_equal_tables_give_equal_bytes(name, usual, assert_equal_bytes):
    assert_equal_bytes(lambda: FIGURES[name](usual[name], note=NOTE))


def test_a_single_trained_epoch_is_drawn():
    few = measures(seed=1).query("epoch <= 1")
    found = tabulate(
        Inputs({1: few}, {}), SimpleNamespace(occurrences=MAIN, resamples=20)
    )
    for name, figure in FIGURES.items():
        FigureCanvasAgg(figure(found[name], note=NOTE)).draw()


def lightness(colour):
    """CIE L* of a colour, 0 (black) to 100 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in to_rgb(colour)
    ]
    return 116 * np.dot([0.2126, 0.7152, 0.0722], linear) ** (1 / 3) - 16


@pytest.mark.parametrize(("lengths", "step"), [((2, 4), 25), ((2, 4, 6, 8), 15)])
def test_lengths_differ_in_lightness_and_markers(lengths, step):
    shown = list(looks(lengths).values())
    light = [lightness(look.color) for look in shown]
    assert light == sorted(light, reverse=True)
    assert min(-np.diff([100, *light])) > step
    assert len({look.marker for look in looks(range(2, 9)).values()}) == 7


def test_the_script_draws_a_figure_from_its_file(script, usual, tmp_path):
    write_table(usual["fig8"], tmp_path / "fig8.parquet")
    output = [tmp_path / f"fig8.{suffix}" for suffix in ("pdf", "svg", "png")]
    script(
        "plot_figure",
        input=[tmp_path / "fig8.parquet"],
        output=output,
        params={"note": NOTE},
        wildcards={"study": "scaffold", "figure": "fig8"},
    )
    assert all(path.stat().st_size > 1000 for path in output)
