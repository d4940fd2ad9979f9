"""Make the tables behind the sparsity figures (rule tabulate_sparsity)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.seeds import read_by_seed
from ontogeny.studies.sparsity.figures import all_figures
from ontogeny.studies.sparsity.words import read_observations


def main(job):
    observations = read_observations(
        job.input.words,
        job.params.seeds,
        curves=read_by_seed(job.input.curves, job.params.seeds),
        vocabulary=job.input.vocabulary,
        classes=job.input.classes,
    )
    tables = all_figures(observations, **job.params.thresholds)
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
