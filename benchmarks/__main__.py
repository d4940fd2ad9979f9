"""Run the benchmarks named: `python -m benchmarks [name …]`; without a name, all
but `scale` and `lambdas`, which take long, `sentences`, which needs treebanks, and
`probing`, which needs them and a run of Multi30k or of WikiText-2.
`python -m benchmarks gpu` and `python -m benchmarks false_verdicts`, which takes long,
have options of their own.

Tables go to results/benchmarks/bench/, with machine, versions and date.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

BENCHMARKS = (
    "training",
    "measuring",
    "dumps",
    "memory",
    "similarity",
    "decomposition",
    "shrinking",
    "predefined",
    "sparse_steps",
    "transformer_step",
    "lottery",
    "sentences",
    "probing",
    "verdicts",
    "lambdas",
    "scale",
)
FIGURES = {
    "training": "figure",
    "similarity": "similarity_figure",
    "decomposition": "decomposition_figure",
    "scale": "scale_figure",
}
ASKED = {"scale", "lambdas", "sentences", "probing"}
WITH_OPTIONS = {"gpu", "false_verdicts"}
FOLDER = Path("results/benchmarks/bench")
SHOWN_ROWS = 20


def main(names: list[str]) -> None:
    """Run benchmarks, print their tables, then what is met and what is not."""
    # Here, because the machines that run the GPU's have less installed.
    import pandas as pd

    from benchmarks.machine import facts
    from ontogeny.disk.files import write_table, write_text

    FOLDER.mkdir(parents=True, exist_ok=True)
    met = []
    for name in names:
        benchmark = import_module(f"benchmarks.{name}")
        before = facts()
        tables = benchmark.run(FOLDER)
        about = {**before, "load_average_1_min_after": facts()["load_average_1_min"]}
        write_text(json.dumps(about, indent=2), FOLDER / f"{name}_machine.json")
        print(f"\n# {name}\n\n{_lines(about)}")
        for part, table in tables.items():
            write_table(table, FOLDER / f"{name}_{part}.parquet")
            if 0 < len(table) <= SHOWN_ROWS or part == "chunks":
                print(f"\n{part}:\n\n{_markdown(table)}")
        met += benchmark.criteria(tables)
    for name, drawing in FIGURES.items():
        if name in names:
            drawn = import_module(f"benchmarks.{drawing}").draw(FOLDER)
            print(f"\nFigure: {drawn}")
    summary = _markdown(pd.DataFrame(met))
    write_text(summary, FOLDER / "summary.md")
    print(f"\n# Summary\n\n{summary}")


def _markdown(table: pd.DataFrame) -> str:
    return table.to_markdown(index=False, floatfmt=".3g", intfmt=",")


def _lines(about: dict[str, object]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in about.items())


if __name__ == "__main__":
    if set(sys.argv[1:2]) & WITH_OPTIONS:
        sys.exit(import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    chosen = parser.parse_args().names or [n for n in BENCHMARKS if n not in ASKED]
    unknown = sorted(set(chosen) - set(BENCHMARKS))
    if unknown:
        parser.error(
            f"no benchmark {', '.join(unknown)}: one of {', '.join(BENCHMARKS)}"
        )
    main(chosen)
