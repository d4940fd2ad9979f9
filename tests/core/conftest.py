"""What several tests of figures ask, and a model that is no LSTM."""

import sys
from types import ModuleType

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from pages import blocks

from ontogeny.plots.style import save


@pytest.fixture(scope="session")
def gru(root):
    """The class of docs/own-model.md, as if it stood in ontogeny/models/gru.py."""
    code, *_ = blocks(root / "docs" / "own-model.md", "python")
    module = ModuleType("ontogeny.models.gru")
    exec(code, module.__dict__)
    sys.modules[module.__name__] = module
    yield module.GruModel
    del sys.modules[module.__name__]


@pytest.fixture(scope="session")
def within():
    """Whether all that is drawn is inside, and no legend on a panel."""

    def ask(figure):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        frame = figure.bbox.padded(1)
        parts = [*figure.axes, *figure.legends, figure._supxlabel, figure._supylabel]
        boxes = [part.get_tightbbox(renderer) for part in parts if part]
        inside = all(
            frame.x0 <= box.x0 and box.x1 <= frame.x1
            and frame.y0 <= box.y0 and box.y1 <= frame.y1
            for box in boxes
        )  # fmt: skip
        apart = not any(
            legend.get_window_extent(renderer).overlaps(axes.bbox)
            for legend in figure.legends
            for axes in figure.axes
        )
        return inside and apart

    return ask


@pytest.fixture
def assert_equal_bytes(tmp_path):
    """Assert that a figure drawn twice is the same file, and no setting stays."""

    def ask(draw):
        before = dict(matplotlib.rcParams)
        suffixes = ("pdf", "svg", "png")
        for folder in ("first", "second"):
            paths = [tmp_path / folder / f"figure.{suffix}" for suffix in suffixes]
            save(draw(), paths)
        for suffix in suffixes:
            first, second = (
                (tmp_path / folder / f"figure.{suffix}").read_bytes()
                for folder in ("first", "second")
            )
            assert first == second
        assert dict(matplotlib.rcParams) == before

    return ask
