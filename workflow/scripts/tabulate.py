"""Make the tables behind a study's figures (rules tabulate_<study>)."""

from ontogeny.disk.files import write
from ontogeny.running.jobs import run
from ontogeny.studies.study import module


def main(job):
    inputs = module(job.params.study, "inputs").read(job.input, job.params)
    tables = module(job.params.study, "figures").tabulate(inputs, job.params)
    for name, table in tables.items():
        write(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
