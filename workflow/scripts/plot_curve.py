"""Plot the learning curves (rule plot_curve)."""

from ontogeny.disk.files import read_table
from ontogeny.plots.style import save
from ontogeny.running.jobs import run
from ontogeny.studies.lm.plots import curve


def main(job):
    save(curve(read_table(job.input[0]), note=job.params.note), job.output)


if __name__ == "__main__":
    run(main, snakemake)
