"""Make the tables behind the figures (rule tabulate_interdependence)."""

from ontogeny.files import write_table
from ontogeny.interdependence.figures import all_figures
from ontogeny.interdependence.inputs import DRAWN, read_by_seed
from ontogeny.jobs import run


def main(job):
    tables = all_figures(
        read_by_seed(job.input.pairs, job.params.seeds, DRAWN),
        read_by_seed(job.input.epochs, job.params.seeds, DRAWN),
        min_pairs=job.params.min_pairs,
        resamples=job.params.resamples,
    )
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
