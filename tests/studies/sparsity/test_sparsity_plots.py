"""Figures draw what their tables say, readably, in bytes that never vary."""

import os
import subprocess
import sys
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb

from ontogeny.plots.style import BLUE, INK, ORANGE, house, save
from ontogeny.studies.lm.plots import curve
from ontogeny.studies.sparsity import plots as plots
from ontogeny.studies.sparsity.figures import tabulate
from ontogeny.studies.sparsity.inputs import Inputs
from ontogeny.studies.sparsity.plots import FIGURES
from ontogeny.studies.sparsity.subsets import HEADLINE
from ontogeny.studies.sparsity.words import Series, WordObservations

NOTE = "mini, test split, seeds 1, 2, costing $5 or $6"
SERIES = [
    Series(quantity, site, role)
    for role in ("target", "input")
    for site in ("embedding", "h1", "h2", "logits")
    for quantity in ("activation", "gradient")
    if (site, quantity) != ("logits", "activation")
]


def observed(seed, epochs=5, closed=20, opens=60, neither=10, rescaled=(2,), gaps=()):
    rng = np.random.default_rng(seed)
    words = closed + opens + neither
    classes = np.array(["closed", "open", ""]).repeat([closed, opens, neither])
    counts = np.sort(9000 // np.arange(1, words + 1) + 10)[::-1]
    chi = {s: rng.uniform(0.1, 0.2, size=(epochs, words)) for s in SERIES}
    slope = 0.02 * np.arange(epochs)
    chi[HEADLINE] = chi[HEADLINE] + slope[:, None] * np.log(counts)
    chi[HEADLINE][:, 2] = np.nan
    for epoch in gaps:
        chi[HEADLINE][epoch] = np.nan
    return WordObservations(
        words=np.array([f"word{i}" for i in range(words)]),
        counts=counts,
        classes=classes,
        tag_entropy_nats=np.zeros(words),
        epochs=np.arange(epochs),
        rescalings=rescaled,
        concentration=chi,
        l1={s: rng.uniform(1, 2, size=(epochs, words)) for s in SERIES},
    )


def tables(least=1, **kwargs):
    runs = {
        1: observed(1, **kwargs),
        2: observed(2, **kwargs | {"rescaled": (2, 3)}),
    }
    return tabulated(runs, least)


def tabulated(runs, least=1):
    thresholds = {
        "figure2_min_count": least,
        "figure5_min_count": least,
        "matched_words": 30,
    }
    params = SimpleNamespace(thresholds=thresholds, resamples=5)
    return tabulate(Inputs(runs, {}), params)


@pytest.fixture(scope="module")
def made():
    return tables()


@pytest.fixture(scope="module")
def few():
    """Four words of each class."""
    return tables(closed=4, opens=4, neither=1)


@pytest.fixture(scope="module")
def learned():
    epochs = np.arange(6)
    return pd.concat(
        pd.DataFrame(
            {
                "seed": seed,
                "epoch": epochs,
                "rescaled": epochs == 2 + seed,
                "train_loss_nats": 1.0,
                "valid_perplexity": 1000.0 / (epochs + 1) + seed,
                "test_perplexity": 1100.0 / (epochs + 1) + seed,
            }
        )
        for seed in (1, 2)
    )


def draw(name, made):
    return FIGURES[name](made[name], note=NOTE)


def lines(figure):
    """The labelled lines of a figure, by label."""
    axes = figure.axes[0]
    return {line.get_label(): line for line in axes.lines if line.get_label()[0] != "_"}


def legend(figure):
    (only,) = figure.legends
    return [text.get_text() for text in only.get_texts()]


def panel_text(figure):
    return " ".join(text.get_text() for text in figure.axes[0].texts)


def below(figure):
    return figure.get_supxlabel().replace("\n", " ")


def assert_draws(line, rows):
    np.testing.assert_array_equal(line.get_xdata(), rows["epoch"])
    np.testing.assert_array_equal(line.get_ydata(), rows["pearson"])


def band_limits(figure, colour, light=False):
    """The vertices of each band of a colour; light: of intervals, not of seeds."""
    return [
        band.get_paths()[0].vertices
        for band in figure.axes[0].collections
        if len(band.get_facecolor()) and to_hex(band.get_facecolor()[0]) == colour
        if (band.get_alpha() < 0.15) == light
    ]


@pytest.mark.parametrize("name", ["fig3a", "fig3b"])
def test_figure_3_draws_each_series_solid_or_dashed(made, name):
    figure, table = draw(name, made), made[name]
    drawn = lines(figure)
    assert list(drawn) == [label for label, _ in plots.LAYERS.values()]
    for (quantity, site), (label, look) in plots.LAYERS.items():
        rows = table[(table["quantity"] == quantity) & (table["site"] == site)]
        assert_draws(drawn[label], rows)
        assert (
            drawn[label].get_linestyle()
            == {"activation": "-", "gradient": "--"}[quantity]
        )
        assert any(
            {*rows["pearson_min"], *rows["pearson_max"]} <= set(vertices[:, 1])
            for vertices in band_limits(figure, look.color)
        )
        assert any(
            {*rows["low"], *rows["high"]} <= set(vertices[:, 1])
            for vertices in band_limits(figure, look.color, light=True)
        )
    assert set(drawn) < set(legend(figure))
    assert "lowest to highest seed" in legend(figure)
    bands = (
        "Light bands: 95\u00a0% intervals over words, from the lowest to the highest"
    )
    assert bands in below(figure)


def test_the_two_roles_are_told_apart():
    symbols = {"fig3a": (r"\leftarrow", "target"), "fig3b": (r"\rightarrow", "input")}
    made = tables(epochs=2)
    for name, (arrow, role) in symbols.items():
        label = draw(name, made).axes[0].get_ylabel()
        assert arrow in label
        assert role in label


def test_rescalings_stand_at_their_epoch_as_high_as_the_share_of_seeds(made):
    figure = draw("fig3a", made)
    segments = [
        segment.tolist()
        for group in figure.axes[0].collections
        if hasattr(group, "get_segments")
        for segment in group.get_segments()
    ]
    assert segments == [[[2, 0], [2, 1]], [[3, 0], [3, 0.5]]]
    assert "step size rescaled\n(height: share of seeds)" in legend(figure)


def test_without_rescalings_or_seeds_the_legend_does_not_speak_of_them():
    made = tabulated({1: observed(1, rescaled=())})
    assert len(legend(draw("fig3a", made))) == 6
    assert band_limits(draw("fig3a", made), INK) == []
    assert len(band_limits(draw("fig3a", made), INK, light=True)) == 2
    assert "over words. mini" in below(draw("fig3a", made))


def test_figure_4_names_words_and_samples(made):
    figure, table = draw("fig4", made), made["fig4"]
    drawn = lines(figure)
    for subset, (name, look) in plots.SUBSETS.items():
        rows = table[table["subset"] == subset]
        (label,) = (label for label in drawn if label.startswith(f"{name} ("))
        assert_draws(drawn[label], rows)
        assert drawn[label].get_linestyle() == look.linestyle
        assert f"({rows['words'].max()}" in label
        assert label in legend(figure)
    assert "closed, matched (19 of 30 words)" in drawn
    assert "30 words were asked for in each; the smaller class has 19" in below(figure)
    for name in ("open matched", "closed matched"):
        row = table[table["subset"] == name].iloc[0]
        counts = f"{name.split()[0]} {row['mean_count']:,.0f} ± {row['sd_count']:,.0f}"
        assert counts in below(figure)


def test_samples_as_large_as_asked_for_have_no_excuse():
    figure = draw("fig4", tables(closed=40))
    assert "closed, matched (30 words)" in legend(figure)
    assert "asked for" not in below(figure)


def test_checks_draw_three_lines_and_the_papers_bound(made):
    figure, table = draw("checks", made), made["checks"]
    drawn = lines(figure)
    for (measure, site), (label, _) in plots.CHECKS.items():
        rows = table[(table["measure"] == measure) & (table["site"] == site)]
        assert_draws(drawn[label], rows)
    (bound,) = (line for label, line in drawn.items() if label.startswith("paper"))
    assert set(bound.get_ydata()) == {-0.1}
    assert set(drawn) < set(legend(figure))


def test_figure_2_is_the_table_with_the_most_frequent_word_at_the_bottom(made):
    figure, table = draw("fig2", made), made["fig2"]
    axes = figure.axes[0]
    (image,) = axes.images
    grid = table["concentration"].to_numpy().reshape(-1, 5)
    np.testing.assert_array_equal(image.get_array().filled(np.nan), grid)
    assert image.origin == "lower"
    assert np.isnan(grid[2]).all()
    assert "not met as a target" in legend(figure)
    names = [label.get_text() for label in axes.get_yticklabels()]
    words = table["word"].unique()
    assert names == words[::2].tolist()
    assert "One word in 2 is labelled." in below(figure)
    assert "90 target words" in axes.get_ylabel()
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0", "1", "2", "3", "4"]
    assert {"step size rescaled", "rescaled in some seeds"} < set(legend(figure))


def test_figure_2_names_every_word_of_a_few_and_draws_few_of_many():
    def names(**kwargs):
        axes = draw("fig2", tables(epochs=2, **kwargs)).axes[0]
        return [label.get_text() for label in axes.get_yticklabels()]

    assert len(names(closed=3, opens=2, neither=0)) == 5
    assert 30 < len(names(closed=100, opens=300)) <= 55


def test_figure_5_draws_a_point_per_word_by_class(made):
    figure, table = draw("fig5", made), made["fig5"]
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    drawn = {c.get_label().split()[0]: c.get_offsets() for c in axes.collections}
    assert set(drawn) == {"open", "closed", "neither"}
    for name, offsets in drawn.items():
        rows = table[table["word_class"] == name]
        np.testing.assert_array_equal(offsets, rows[["count", "concentration"]])
        assert f"{name} ({len(rows)})" in legend(figure)
    shapes = {tuple(c.get_paths()[0].vertices.ravel()) for c in axes.collections}
    assert len(shapes) == 3


def test_names_in_figure_5_are_of_their_point_and_cover_nothing(made):
    figure, table = draw("fig5", made), made["fig5"]
    axes = figure.axes[0]
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    points = axes.transData.transform(table[["count", "concentration"]])
    places = table.set_index("word")[["count", "concentration"]]
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert "word0" in {text.get_text() for text in axes.texts}
    for text, box in zip(axes.texts, boxes, strict=True):
        assert text.xy == tuple(places.loc[text.get_text()])
        assert not any(box.contains(*point) for point in points)
        assert box.count_overlaps(boxes) == 1


@pytest.mark.parametrize("name", ["fig3a", "fig3b", "fig4", "checks"])
def test_too_few_words_are_told_and_nothing_is_drawn(few, name):
    figure = draw(name, few)
    most = few[name]["words"].max()
    assert f"too few words for a correlation:\n{most} of at least 10" in panel_text(
        figure
    )
    assert np.isnan(next(iter(lines(figure).values())).get_ydata()).all()
    figure = FIGURES[name](few[name].iloc[:0], note=NOTE)
    assert "0 of at least 10" in panel_text(figure)


def test_classes_with_too_few_words_are_told_beside_those_with_enough():
    figure = draw("fig4", tables(closed=4))
    assert panel_text(figure) == ""
    assert (
        "Fewer than 10 words, no correlation: closed (3); open, matched (3); "
        "closed, matched (3)." in below(figure)
    )


def test_a_measure_that_is_the_same_for_all_words_is_not_too_few_words(made):
    constant = made["fig3a"].assign(pearson=np.nan, pearson_min=np.nan)
    figure = FIGURES["fig3a"](constant)
    assert "the same for all words" in panel_text(figure)
    assert "too few" not in panel_text(figure)
    one = made["fig3a"].copy()
    one.loc[one["site"] == "h1", "pearson"] = np.nan
    told = below(FIGURES["fig3a"](one))
    assert r"The same for all words, no correlation: $h^1$; $\bar{h}^1$." in told


def test_no_words_in_a_class_and_no_frequent_words_are_told():
    made = tables(least=10**9, closed=0)
    assert "No matched samples: a class has no words." in below(draw("fig4", made))
    for name in ("fig2", "fig5"):
        assert "no target word is frequent enough" in panel_text(draw(name, made))


def test_words_that_were_never_met_are_told(made):
    figure = FIGURES["fig2"](made["fig2"].assign(concentration=np.nan))
    assert "no target word was met" in panel_text(figure)
    assert len(figure.axes) == 1


def test_gaps_stay_gaps_and_what_stands_alone_is_marked():
    made = tables(epochs=40, gaps=(4, 6))
    drawn = lines(draw("fig4", made))
    (line,) = (drawn[label] for label in drawn if label.startswith("open ("))
    assert np.flatnonzero(np.isnan(line.get_ydata())).tolist() == [4, 6]
    assert 5 in line.get_markevery()
    assert len(line.get_markevery()) < 20


def test_limits_hold_every_point_and_stay_within_a_correlations(made):
    perfect = made["fig3a"].assign(pearson=1.0, pearson_max=1.0)
    for table in (made["fig3a"], perfect):
        low, high = FIGURES["fig3a"](table).axes[0].get_ylim()
        assert -1.1 < low < table["pearson_min"].min()
        assert table["pearson_max"].max() < high < 1.1


def test_learning_curves_are_drawn_per_split_and_seed(learned):
    figure = curve(learned, NOTE)
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    drawn = [(line.get_xdata(), line.get_ydata()) for line in axes.lines]
    assert len(drawn) == 4
    for (_, rows), at in zip(learned.groupby("seed"), (0, 2), strict=True):
        for offset, split in enumerate(("valid", "test")):
            np.testing.assert_array_equal(drawn[at + offset][0], rows["epoch"])
            np.testing.assert_array_equal(
                drawn[at + offset][1], rows[f"{split}_perplexity"]
            )
    segments = [s.tolist() for c in axes.collections for s in c.get_segments()]
    assert segments == [[[3, 0], [3, 0.5]], [[4, 0.5], [4, 1]]]
    assert legend(figure)[:4] == ["validation", "test", "seed 1", "seed 2"]


def test_a_training_perplexity_is_drawn_where_there_is_one(learned):
    with_train = learned.assign(train_perplexity=learned["valid_perplexity"] / 2)
    assert "training" not in legend(curve(learned))
    assert "training" in legend(curve(with_train))
    assert "no epoch was measured" in panel_text(curve(learned.iloc[:0]))


@pytest.mark.parametrize("huge", [1e200, np.inf])
def test_a_perplexity_too_large_to_be_drawn_is_told(learned, huge):
    lost = (learned["seed"] == 2) & learned["epoch"].between(2, 3)
    table = learned.assign(test_perplexity=learned["test_perplexity"].mask(lost, huge))
    figure = curve(table, NOTE)
    assert "Too large to be drawn: seed 2 at epoch 2, 3." in below(figure)
    drawn = figure.axes[0].lines[3].get_ydata()
    assert np.flatnonzero(np.isnan(drawn)).tolist() == [2, 3]
    assert figure.axes[0].lines[3].get_marker() == ""
    assert figure.axes[0].get_ylim()[1] < 2000
    assert "Too large" not in below(curve(learned, NOTE))
    lost = learned["epoch"] > 0
    only = learned.assign(test_perplexity=learned["test_perplexity"].mask(lost, huge))
    line = curve(only, NOTE).axes[0].lines[3]
    assert (line.get_marker(), line.get_markevery()) == ("o", [0])


@pytest.mark.parametrize("rescaled", [True, False])
@pytest.mark.parametrize("name", [*FIGURES, "curve"])
def test_all_text_is_there_and_within_the_figure(made, learned, name, rescaled):
    table = learned if name == "curve" else made[name]
    if "rescaled" in table and not rescaled:
        table = table.assign(rescaled=0.0)
    figure = (curve if name == "curve" else FIGURES[name])(table, note=NOTE)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    assert below(figure).endswith(NOTE.replace("$", r"\$"))
    axes = figure.axes[0]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    frame = figure.bbox.padded(1)
    for part in (axes, *figure.axes[1:], figure._supxlabel, *figure.legends):
        box = part.get_tightbbox(renderer)
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1
    for outside in figure.legends:
        assert not outside.get_window_extent(renderer).overlaps(axes.bbox)


@pytest.mark.parametrize("name", [*FIGURES, "curve"])
def test_equal_tables_give_equal_bytes(made, learned, name, tmp_path):
    suffixes = ("pdf", "svg", "png")
    for folder in ("first", "second"):
        figure = curve(learned, NOTE) if name == "curve" else draw(name, made)
        save(figure, [tmp_path / folder / f"figure.{suffix}" for suffix in suffixes])
    for suffix in suffixes:
        first = (tmp_path / "first" / f"figure.{suffix}").read_bytes()
        assert len(first) > 1000
        assert first == (tmp_path / "second" / f"figure.{suffix}").read_bytes()
    assert b"<text" not in (tmp_path / "first" / "figure.svg").read_bytes()


def test_bytes_depend_on_no_clock_settings_or_process(made, tmp_path):
    made["fig4"].to_parquet(tmp_path / "table.parquet")
    (tmp_path / "matplotlibrc").write_text("font.size: 20\naxes.grid: True\n")
    code = (
        "import sys, pandas\n"
        "from ontogeny.studies.sparsity.plots import figure4\n"
        "from ontogeny.plots.style import save\n"
        "table = pandas.read_parquet(sys.argv[1] + '/table.parquet')\n"
        "save(figure4(table), [f'{sys.argv[1]}/there.{s}' for s in sys.argv[2:]])\n"
    )
    suffixes = ["pdf", "svg", "png"]
    environment = os.environ | {
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        "SOURCE_DATE_EPOCH": "86400",
        "PYTHONHASHSEED": "7",
    }
    command = [sys.executable, "-c", code, str(tmp_path), *suffixes]
    subprocess.run(command, env=environment, check=True)
    table = pd.read_parquet(tmp_path / "table.parquet")
    save(FIGURES["fig4"](table), {s: tmp_path / f"here.{s}" for s in suffixes})
    for suffix in suffixes:
        here = (tmp_path / f"here.{suffix}").read_bytes()
        assert here == (tmp_path / f"there.{suffix}").read_bytes()


def test_fonts_are_embedded_in_the_pdf(made, tmp_path):
    save(draw("fig3a", made), [tmp_path / "figure.pdf"])
    content = (tmp_path / "figure.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"CreationDate" not in content


def test_other_formats_are_refused_before_anything_is_written(made, tmp_path):
    with pytest.raises(ValueError, match="jpeg"):
        save(draw("fig3a", made), [tmp_path / "a.png", tmp_path / "a.jpeg"])
    assert list(tmp_path.iterdir()) == []


def test_what_fails_leaves_the_old_figure(made, tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"old")
    figure = draw("fig3a", made)

    def fail(path, **_):
        path.write_bytes(b"half")
        raise RuntimeError

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(RuntimeError):
        save(figure, [tmp_path / "a.png"])
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_pyplot_and_settings_are_left_alone(made, tmp_path):
    before = dict(matplotlib.rcParams)
    figures = plt.get_fignums()
    save(draw("fig5", made), [tmp_path / "a.svg"])
    assert plt.get_fignums() == figures
    assert dict(matplotlib.rcParams) == before


def lightness(colour):
    """CIE L* of a colour, 0 (black) to 100 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in to_rgb(colour)
    ]
    return 116 * np.dot([0.2126, 0.7152, 0.0722], linear) ** (1 / 3) - 16


def test_colours_differ_in_lightness_from_each_other_and_from_paper():
    steps = sorted(map(lightness, (INK, BLUE, ORANGE, "white")))
    assert min(np.diff(steps)) > 15


def test_lines_of_one_figure_differ_without_colour():
    for looks in (plots.LAYERS, plots.SUBSETS, plots.CHECKS):
        grey = {(look.marker, look.linestyle) for _, look in looks.values()}
        assert len(grey) == len(looks)


def test_the_house_style_ends_with_an_error():
    before = matplotlib.rcParams["font.size"]

    @house()
    def fail():
        raise KeyError(matplotlib.rcParams["font.size"])

    with pytest.raises(KeyError) as caught:
        fail()
    assert caught.value.args != (before,)
    assert matplotlib.rcParams["font.size"] == before
