"""Plot one figure of a study from its table (rule plot_figure)."""

from ontogeny.disk.files import read_table
from ontogeny.plots.style import save
from ontogeny.running.jobs import run
from ontogeny.studies.study import module


def main(job):
    figure = module(job.wildcards.study, "plots").FIGURES[job.wildcards.figure]
    save(figure(read_table(job.input[0]), note=job.params.note), job.output)


if __name__ == "__main__":
    run(main, snakemake)
