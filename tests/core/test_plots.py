"""The learning curve, and what all figures share: house style, formats, bytes."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from drawn import below, legend, panel_text
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ontogeny.plots.style import BLUE, INK, ORANGE, house, save
from ontogeny.studies.lm.plots import curve

NOTE = "mini, test split, seeds 1, 2, costing $5 or $6"


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


def test_fonts_are_embedded_in_the_pdf(learned, tmp_path):
    save(curve(learned), [tmp_path / "figure.pdf"])
    content = (tmp_path / "figure.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"CreationDate" not in content


def test_other_formats_are_refused_before_anything_is_written(learned, tmp_path):
    with pytest.raises(ValueError, match="jpeg"):
        save(curve(learned), [tmp_path / "a.png", tmp_path / "a.jpeg"])
    assert list(tmp_path.iterdir()) == []


def test_what_fails_leaves_the_old_figure(learned, tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"old")
    figure = curve(learned)

    def fail(path, **_):
        path.write_bytes(b"half")
        raise RuntimeError

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(RuntimeError):
        save(figure, [tmp_path / "a.png"])
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_pyplot_and_settings_are_left_alone(learned, tmp_path):
    before = dict(matplotlib.rcParams)
    figures = plt.get_fignums()
    save(curve(learned), [tmp_path / "a.svg"])
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


def test_the_house_style_ends_with_an_error():
    before = matplotlib.rcParams["font.size"]

    @house()
    def fail():
        raise KeyError(matplotlib.rcParams["font.size"])

    with pytest.raises(KeyError) as caught:
        fail()
    assert caught.value.args != (before,)
    assert matplotlib.rcParams["font.size"] == before


@pytest.mark.parametrize("rescaled", [True, False])
def test_all_text_is_there_and_within_the_figure(learned, within, rescaled):
    table = learned if rescaled else learned.assign(rescaled=0.0)
    figure = curve(table, note=NOTE)
    assert within(figure)
    assert below(figure).endswith(NOTE.replace("$", r"\$"))
    (axes,) = figure.axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()


def test_equal_tables_give_equal_bytes(learned, assert_equal_bytes):
    assert_equal_bytes(lambda: curve(learned, NOTE))


def test_bytes_depend_on_no_clock_settings_or_process(learned, tmp_path):
    learned.to_parquet(tmp_path / "table.parquet")
    (tmp_path / "matplotlibrc").write_text("font.size: 20\naxes.grid: True\n")
    code = (
        "import sys, pandas\n"
        "from ontogeny.studies.lm.plots import curve\n"
        "from ontogeny.plots.style import save\n"
        "table = pandas.read_parquet(sys.argv[1] + '/table.parquet')\n"
        "save(curve(table), [f'{sys.argv[1]}/there.{s}' for s in sys.argv[2:]])\n"
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
    save(curve(table), {s: tmp_path / f"here.{s}" for s in suffixes})
    for suffix in suffixes:
        here = (tmp_path / f"here.{suffix}").read_bytes()
        assert here == (tmp_path / f"there.{suffix}").read_bytes()


def test_an_svg_is_well_formed_whatever_words_are(tmp_path):
    figure = Figure()
    figure.text(0.5, 0.5, "a\x00b\x1bc")
    save(figure, [tmp_path / "a.svg"])
    ElementTree.parse(tmp_path / "a.svg")
    figure = Figure()
    figure.text(0.5, 0.5, "plain")
    save(figure, [tmp_path / "b.svg"])
    assert "\ufffd" not in (tmp_path / "b.svg").read_text()
