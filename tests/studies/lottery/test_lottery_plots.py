"""Figures of lottery tickets."""

import matplotlib
import numpy as np
import pytest
from lottery_made import SEM, XPOS, made
from probe_tables_made import probe_tables

from ontogeny.disk.files import read_table, write_table
from ontogeny.studies.lottery.about import STUDY
from ontogeny.studies.lottery.figures import tabulate
from ontogeny.studies.lottery.heatmaps import SHADES
from ontogeny.studies.lottery.line_plots import SHOWN
from ontogeny.studies.lottery.plot_parts import CHAINS, layer_looks
from ontogeny.studies.lottery.plots import FIGURES

NAMES = [figure.name for figure in STUDY.figures]
FEW = ("pos", "ccg", "ner", "st", "ps_fxn", "ps_role", "coref")
MAPS = ("fig5", "fig6", "figa6", "figa8", "figa9", "figa10", "figa11")


@pytest.fixture(scope="module")
def inputs():
    chains = {"magnitude": 2, "random": 2, "unpruned": 2}
    probes = probe_tables(layers=2, prunings=(0, 4, 8), tasks=FEW)
    return made((1,), layers=2, at_once=4, chains=chains)._replace(**probes)


@pytest.fixture(scope="module")
def tables(inputs):
    return tabulate(inputs, None)


@pytest.fixture(scope="module")
def empty(inputs):
    nothing = {name: getattr(inputs, name).iloc[:0] for name in inputs._fields}
    return tabulate(inputs._replace(**nothing), None)


@pytest.fixture(scope="module")
def alone():
    """One chain, of two seeds."""
    probes = probe_tables((1, 2), layers=3, prunings=(0, 1, 2), null="", tasks=FEW)
    runs = made((1, 2), layers=3, chains={"magnitude": 2})
    return tabulate(runs._replace(**probes), None)


def said(figure):
    """All that is written in a figure."""
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    texts += [axes.get_title() for axes in figure.axes]
    return " ".join([*texts, figure.get_supxlabel()])


def labels(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_every_figure_of_the_study_is_drawn():
    assert list(FIGURES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_whole(name, tables, within):
    figure = FIGURES[name](tables[name], note="a note of $ the run")
    assert within(figure)
    assert figure.get_supxlabel().endswith(r"a note of \$ the run")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in MAPS[2:]])
def test_one_chain_of_two_seeds_is_whole_too(name, alone, within):
    figure = FIGURES[name](alone[name], note="a note")
    assert within(figure)
    assert "unpruned" not in said(figure)
    assert "eeds" in said(figure)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_of_nothing_says_so(name, empty, within, tmp_path):
    write_table(empty[name], tmp_path / "table.parquet")
    figure = FIGURES[name](read_table(tmp_path / "table.parquet"), note="a note")
    assert within(figure)
    sentence = {
        "figa1": "no chain is pruned by magnitude",
        "figa2": "no chain is pruned by magnitude",
        "alignment": "The text has no gold alignment",
        "categories": "no category was measured",
    }.get(name, "not measured in this run")
    assert sentence in said(figure)


@pytest.mark.parametrize("name", ["fig5", "figa4"])
def test_a_figure_is_the_same_twice(name, tables, assert_equal_bytes):
    assert_equal_bytes(lambda: FIGURES[name](tables[name], note="a note"))


def test_lines_are_those_of_the_table(tables):
    figure = FIGURES["fig4"](tables["fig4"])
    table = tables["fig4"]
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["magnitude", "unpruned: only retrained", "random"]
    for axes, chain in zip(figure.axes, SHOWN, strict=True):
        rows = table[table["chain"].eq(chain)]
        drawn = [line for line in axes.lines if len(line.get_xdata()) == 3]
        for line, (_, own) in zip(drawn, rows.groupby("layer"), strict=True):
            assert line.get_xdata().tolist() == [0, 4, 8]
            assert (
                line.get_ydata().tolist()
                == own.sort_values("prunings")["value"].to_list()
            )
    bottom, top = {axes.get_ylim() for axes in figure.axes}.pop()
    another = table[table["chain"].eq("another")]["value"]
    nulls = {line.get_ydata()[0] for line in figure.axes[1].lines} & set(another)
    assert nulls == set(another)
    assert bottom < another.min() < 1 < top
    assert labels(figure) == ["layer 1", "layer 2", "LTH0 of another seed"]


def test_the_sparsity_stands_below_the_prunings(tables):
    figure = FIGURES["bleu"](tables["bleu"])
    for axes in figure.axes:
        ticks = [text.get_text() for text in axes.get_xticklabels()]
        assert ticks == ["0\n0", "4\n59", "8\n83"]
    figure = FIGURES["fig4"](tables["fig4"].assign(sparsity=np.nan))
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks == ["0", "4", "8"]


def test_bands_are_said_to_be_what_they_are(tables, alone):
    figure = FIGURES["drift"](tables["drift"])
    assert "95 % intervals over groups of sentences; one seed" in said(figure)
    figure = FIGURES["drift"](alone["drift"])
    assert "Means over seeds; bands: the least to the most" in said(figure)
    unsure = tables["drift"].assign(low=np.nan, high=np.nan)
    assert "One seed." in said(FIGURES["drift"](unsure))


@pytest.mark.parametrize("name", MAPS)
def test_cells_have_their_values(name, tables):
    table = tables[name]
    figure = FIGURES[name](table)
    *panels, bar = figure.axes
    written = sum(len(axes.texts) for axes in panels)
    assert written == len(table)
    told = {text.get_text() for axes in panels for text in axes.texts}
    expected = {f"{value:.2f}".removeprefix("0") for value in table["value"]}
    assert told == {"1" if value == "1.00" else value for value in expected}
    assert bar.get_ylim() == (0, 1)


def test_layers_are_named_by_their_model(tables):
    magnitude, unpruned, _ = FIGURES["fig5"](tables["fig5"]).axes
    ticks = [text.get_text() for text in magnitude.get_yticklabels()]
    assert ticks == ["d1", "d2", "s1", "s2"]
    ticks = [text.get_text() for text in unpruned.get_xticklabels()]
    assert ticks == ["d1", "d2", "u1", "u2"]
    table = tables["figa9"]
    blocks = FIGURES["figa9"](table).axes[0].get_xticklabels()
    assert [text.get_text() for text in blocks] == ["LTH0", "LTH4", "LTH8"]
    figure = FIGURES["figa9"](table[table["prunings_a"].ne(4) | table["layer_b"].ne(1)])
    assert "Grey: not measured." in said(figure)
    assert "Magnitude chain." in said(figure)
    two = table[table["prunings_a"].ne(8) & table["prunings_b"].ne(8)]
    assert "d: LTH0; s: LTH4, pruned by magnitude." in said(FIGURES["figa9"](two))


def test_six_layers_of_many_panels_have_no_room_for_values(within):
    chains = {"magnitude": 1, "unpruned": 1}
    table = tabulate(made((1,), layers=6, chains=chains), None)["figa8"]
    figure = FIGURES["figa8"](table)
    assert within(figure)
    assert not any(axes.texts for axes in figure.axes)
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks == ["d", "s"]
    assert "layers run from the first to the last" in said(figure)


def test_shades_and_lines_can_be_told_apart_in_grey():
    def lightness(colours):
        rgb = matplotlib.colors.to_rgba_array(colours)[:, :3]
        return rgb @ [0.2126, 0.7152, 0.0722]

    shades = lightness(matplotlib.colormaps[SHADES](np.linspace(0, 1, 50)))
    assert (np.diff(shades) < 0).all()
    looks = layer_looks(range(1, 7))
    assert (np.diff(lightness([look.color for look in looks.values()])) > 0.02).all()
    assert len({look.marker for look in looks.values()}) == 6
    others = [look[1:] for _, look in CHAINS.values()]
    assert len(set(others)) == len(others)


def test_few_judged_categories_are_said_to_be_few(tables):
    table = tables["categories"]
    figure = FIGURES["categories"](table)
    xpos, sem = len(XPOS), len(SEM)
    told = f"Part of speech (XPOS): the {xpos} of {xpos + 1} with enough tokens."
    assert told in said(figure)
    more = FIGURES["categories"](table.assign(enough=40, categories=50))
    told = f"Semantic tag: the most and the least alike, {sem} of 40 with enough"
    assert told in said(more)
    none = table.assign(judged=False, enough=0)
    told = said(FIGURES["categories"](none))
    assert "Some categories have too few tokens to be judged." in told
