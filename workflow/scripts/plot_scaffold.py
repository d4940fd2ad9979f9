"""Plot one figure of scaffolds from its table (rule plot_scaffold)."""

from ontogeny.files import read_table
from ontogeny.jobs import run
from ontogeny.plots.scaffold import FIGURES
from ontogeny.plots.style import save


def main(job):
    figure = FIGURES[job.wildcards.figure]
    save(figure(read_table(job.input[0]), note=job.params.note), job.output)


if __name__ == "__main__":
    run(main, snakemake)
