"""Judge the claims about scaffolds on every seed (rule judge_scaffold)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.scaffold.claims import judge_scaffold
from ontogeny.studies.scaffold.inputs import read_study


def main(job):
    table = judge_scaffold(
        **read_study(job.input, job.params.seeds, job.params.lengths),
        occurrences=job.params.occurrences,
        resamples=job.params.resamples,
        judged=job.params.judged,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
