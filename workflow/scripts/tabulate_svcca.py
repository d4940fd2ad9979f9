"""Make the tables behind the SVCCA figures (rule tabulate_svcca)."""

from ontogeny.disk.files import write_table, write_text
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.figures import all_figures
from ontogeny.studies.svcca.inputs import read_study
from ontogeny.studies.svcca.table2 import table2_markdown


def main(job):
    tables = all_figures(
        **read_study(job.input, job.params.seeds),
        preset=job.params.preset,
        resamples=job.params.resamples,
    )
    write_text(table2_markdown(tables["table2"]), job.output.table2_md)
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
