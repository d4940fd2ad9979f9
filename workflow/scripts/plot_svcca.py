"""Plot one figure of the SVCCA study from its table (rule plot_svcca)."""

from ontogeny.disk.files import read_table
from ontogeny.plots.style import save
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.plots import FIGURES


def main(job):
    figure = FIGURES[job.wildcards.figure]
    save(figure(read_table(job.input[0]), note=job.params.note), job.output)


if __name__ == "__main__":
    run(main, snakemake)
