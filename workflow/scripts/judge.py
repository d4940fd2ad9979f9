"""Judge the claims of a study's paper on every run (rules judge_<study>)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.study import module


def main(job):
    inputs = module(job.params.study, "inputs").read(job.input, job.params)
    table = module(job.params.study, "claims").judge(inputs, job.params)
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
