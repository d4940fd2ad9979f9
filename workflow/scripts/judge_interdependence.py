"""Judge the claims about interdependence, every seed (rule judge_interdependence)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.seeds import read_by_seed
from ontogeny.studies.interdependence.claims import judge_interdependence


def main(job):
    table = judge_interdependence(
        read_by_seed(job.input.pairs, job.params.seeds),
        read_by_seed(job.input.errors, job.params.seeds),
        read_by_seed(job.input.curves, job.params.seeds),
        min_pairs=job.params.min_pairs,
        resamples=job.params.resamples,
        judged=job.params.judged,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
