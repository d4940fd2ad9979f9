"""Time and memory against tokens, drawn from the table of `benchmarks.scale`."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.figure import LAYOUT
from ontogeny.disk.files import read_table

LOOKS = {
    "read": ("#0072B2", "o", "-"),
    "filter and encode": ("#D55E00", "s", "-"),
    "tag": ("#00344F", "^", "--"),
    "classify": ("#E69F00", "v", ":"),
    "measure": ("0.4", "D", "-."),
}


def draw(folder: Path) -> Path:
    """Draw `scale-cost.svg` from the table in a folder, beside it."""
    cost = read_table(folder / "scale_cost.parquet")
    sizes = sorted(cost["tokens"].unique())
    with mpl.rc_context(LAYOUT):
        figure = Figure(figsize=(8, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, sharex=True)
        for axes, column in ((left, "seconds"), (right, "peak_gb")):
            for step, (color, marker, line) in LOOKS.items():
                rows = cost[cost["step"] == step]
                look = {"color": color, "marker": marker, "linestyle": line}
                axes.plot(rows["tokens"], rows[column], label=step, **look)
            axes.set(xscale="log", xlabel="tokens")
            axes.set_xticks(sizes, [f"{size / 1e6:g} M" for size in sizes])
            axes.minorticks_off()
        left.set(yscale="log", ylabel="seconds, all jobs together", title="Time")
        left.yaxis.set_major_formatter("{x:,g}")
        right.set(ylabel="GB, the largest job", title="Peak memory", ylim=(0, None))
        lines = left.get_legend_handles_labels()
        figure.legend(*lines, loc="outside lower center", ncols=len(LOOKS))
        path = folder / "scale-cost.svg"
        figure.savefig(path, metadata={"Date": None})
    return path
