"""Judge the claims of the SVCCA study on every seed (rule judge_svcca)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.claims import judge_svcca
from ontogeny.studies.svcca.inputs import read_study


def main(job):
    table = judge_svcca(
        **read_study(job.input, job.params.seeds),
        preset=job.params.preset,
        resamples=job.params.resamples,
        judged=job.params.judged,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
