"""Judge the sparsity claims on every seed and split (rule judge_sparsity)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.seeds import read_by_seed
from ontogeny.studies.sparsity.claims import Thresholds, corpus_facts, judge_sparsity
from ontogeny.studies.sparsity.words import read_observations


def main(job):
    curves = read_by_seed(job.input.curves, job.params.seeds)
    observations = read_observations(
        job.input.words,
        job.params.runs,
        curves=curves,
        vocabulary=job.input.vocabulary,
        classes=job.input.classes,
    )
    table = judge_sparsity(
        observations,
        curves,
        thresholds=Thresholds(**job.params.thresholds),
        corpus=corpus_facts(
            read_table(job.input.steps), paper_scale=job.params.papers_corpus
        ),
        resamples=job.params.resamples,
        judged=job.params.judged,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
