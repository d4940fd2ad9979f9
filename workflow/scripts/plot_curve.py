"""Plot the learning curves (rule plot_curve)."""

from ontogeny.files import read_table
from ontogeny.jobs import run
from ontogeny.plots.style import save
from ontogeny.plots.training import curve


def main(job):
    save(curve(read_table(job.input[0]), note=job.params.note), job.output)


if __name__ == "__main__":
    run(main, snakemake)
