"""Make the tables behind the figures of scaffolds (rule tabulate_scaffold)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.scaffold.figures import all_figures
from ontogeny.studies.scaffold.inputs import read_study


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
