"""Make the tables behind the figures of scaffolds (rule tabulate_scaffold)."""

from ontogeny.files import write_table
from ontogeny.jobs import run
from ontogeny.scaffold.figures import all_figures
from ontogeny.scaffold.inputs import read_study


def main(job):
    study = read_study(job.input, job.params.seeds, job.params.lengths)
    tables = all_figures(
        study["measures"],
        occurrences=job.params.occurrences,
        resamples=job.params.resamples,
    )
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
