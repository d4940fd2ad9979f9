"""Figures of interdependence, from made-up tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from test_interdependence_figures import WINDOW, tables

from ontogeny.disk.files import write_table
from ontogeny.plots.style import save
from ontogeny.studies.interdependence import plots as plots
from ontogeny.studies.interdependence.plots import FIGURES, OF_LINE

NOTE = "mini; costing $5 or $6"
UNKNOWN = ["value", "low", "high", "value_min", "value_max"]


@pytest.fixture(scope="module")
def usual():
    return tables()


@pytest.fixture(scope="module")
def alone():
    return tables(seeds=(1,))


def mean(table):
    return table[table["seed"].isna()]


def points(axes, color):
    """What the lines of a colour go through, gaps left out."""
    found = {}
    for line in axes.lines:
        if line.get_color() == color and len(line.get_xdata()) > 1:
            at = zip(line.get_xdata(), line.get_ydata(), strict=True)
            found |= {x: y for x, y in at if np.isfinite(y)}
    return found


def texts(figure):
    FigureCanvasAgg(figure).draw()
    names = {t.get_text() for legend in figure.legends for t in legend.get_texts()}
    below = figure._supxlabel.get_text() if figure._supxlabel else ""
    return names, below.replace("\n", " ")


def bars(axes):
    """Ends of all vertical bars."""
    return {
        (x, low, high)
        for group in axes.collections
        if hasattr(group, "get_segments")
        for (x, low), (_, high) in group.get_segments()
    }


def test_figure_3_draws_means_bars_and_bands(usual):
    rows = mean(usual["fig3"])
    figure = FIGURES["fig3"](usual["fig3"], note=NOTE)
    (axes,) = figure.axes
    assert points(axes, plots.INK) == dict(
        zip(rows["distance"], rows["value"], strict=True)
    )
    assert bars(axes) == set(
        rows[["distance", "low", "high"]].itertuples(index=False, name=None)
    )
    names, below = texts(figure)
    assert {"pairs of any class", "lowest to highest seed"} <= names
    most = rows["pairs"].max()
    assert f"to {most:,}, " in below
    assert NOTE.replace("$", r"\$") in below


def test_figure_4_has_a_panel_per_distance_and_a_line_per_class(usual):
    rows = mean(usual["fig4"])
    figure = FIGURES["fig4"](usual["fig4"], note=NOTE)
    assert len(figure.axes) == WINDOW
    for distance, axes in enumerate(figure.axes, 1):
        assert f"={distance}" in axes.get_title()
        for line, look in OF_LINE.items():
            here = rows.query(f"distance == {distance} & line == '{line}'")
            known = here[here["value"].notna()]
            expected = dict(zip(known["tree_distance"], known["value"], strict=True))
            assert points(axes, look.color) == expected
    spans = [np.diff(axes.get_ylim()).item() for axes in figure.axes]
    np.testing.assert_allclose(spans, spans[0])
    names, below = texts(figure)
    assert set(OF_LINE) <= names
    assert "A mean needs 100 pairs" in below


def test_epochs_draw_every_quantity(usual):
    rows = mean(usual["epochs"])
    figure = FIGURES["epochs"](usual["epochs"], note=NOTE)
    for axes, quantity in zip(figure.axes, plots.QUANTITIES, strict=True):
        for distance, look in plots._of_distances(rows).items():
            here = rows.query(f"quantity == '{quantity}' & distance == {distance}")
            known = here[here["value"].notna()]
            expected = dict(zip(known["epoch"], known["value"], strict=True))
            assert points(axes, look.color) == expected
    names, _ = texts(figure)
    assert {"all (slope: pooled)", "$r-l=1$", f"$r-l={WINDOW}$"} <= names


def test_of_many_distances_some_are_drawn_from_first_to_last(usual):
    rows = mean(usual["epochs"])
    many = rows.query("distance == 1")
    each = [many.assign(distance=distance) for distance in range(1, 11)]
    looks = plots._of_distances(pd.concat(each))
    assert list(looks) == [0, 1, 3, 5, 8, 10]
    assert len({look.marker for look in looks.values()}) == 6


@pytest.mark.parametrize("name", FIGURES)
def test_one_seed_has_no_band(name, alone):
    names, _ = texts(FIGURES[name](alone[name], note=NOTE))
    assert "lowest to highest seed" not in names
    assert "95 % interval over sentences" in names


@pytest.mark.parametrize("name", FIGURES)
def test_where_nothing_is_known_the_figure_says_why(name, usual):
    nothing = usual[name].assign(**dict.fromkeys(UNKNOWN, np.nan))
    figure = FIGURES[name](nothing, note=NOTE)
    for axes in figure.axes:
        (said,) = axes.texts
        assert said.get_text().replace("\n", " ").startswith("fewer than 100 pairs")
    assert "95 % interval over sentences" not in texts(figure)[0]


def test_a_gap_stays_a_gap(usual):
    table = usual["fig3"].copy()
    table.loc[table["distance"] == 2, UNKNOWN] = np.nan
    (axes,) = FIGURES["fig3"](table).axes
    (line,) = (x for x in axes.lines if x.get_color() == plots.INK)
    assert np.isnan(line.get_ydata()).tolist() == [False, True, False, False]
    assert 0 in line.get_markevery()


@pytest.mark.parametrize("name", FIGURES)
def test_all_text_is_within_the_figure(name, usual, alone, within):
    for table in (usual[name], alone[name]):
        for note in ("", NOTE * 6):
            assert within(FIGURES[name](table, note=note))


@pytest.mark.parametrize("window", [1, 2, 3, 10])
def test_figure_4_fits_any_window(window, usual, within):
    table = usual["fig4"].query("distance == 1")
    each = pd.concat([table.assign(distance=d) for d in range(1, window + 1)])
    figure = FIGURES["fig4"](each, note=NOTE)
    assert len(figure.axes) == window
    assert within(figure)


@pytest.mark.parametrize("name", FIGURES)
def test_equal_tables_give_equal_bytes(name, usual, tmp_path):
    paths = [tmp_path / f"{copy}.png" for copy in (1, 2)]
    for path in paths:
        save(FIGURES[name](usual[name], note=NOTE), [path])
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_the_script_draws_what_was_tabulated(name, usual, script, tmp_path):
    write_table(usual[name], tmp_path / "table.parquet")
    output = [tmp_path / f"{name}.{suffix}" for suffix in ("pdf", "svg", "png")]
    script(
        "plot_figure",
        input=[tmp_path / "table.parquet"],
        output=output,
        params={"note": NOTE},
        wildcards={"study": "interdependence", "figure": name},
    )
    assert all(path.stat().st_size for path in output)


def test_lines_differ_without_colour():
    for looks in (list(OF_LINE.values()), plots.SOME):
        assert len({look.marker for look in looks}) == len(looks)
        assert len({str(look.linestyle) for look in looks}) == len(looks)
