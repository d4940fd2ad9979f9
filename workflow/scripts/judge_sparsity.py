"""Judge the sparsity claims on every seed and split (rule judge_sparsity)."""

from ontogeny.claims.sparsity import Thresholds, corpus_facts, judge_sparsity
from ontogeny.files import read_table, write_table
from ontogeny.jobs import run
from ontogeny.sparsity.words import read_observations


def main(job):
    observations = read_observations(
        job.input.words,
        job.params.runs,
        curves=dict(zip(job.params.seeds, job.input.curves, strict=True)),
        vocabulary=job.input.vocabulary,
        classes=job.input.classes,
    )
    facts = read_table(job.input.steps), job.params.papers_corpus
    table = judge_sparsity(
        observations,
        thresholds=Thresholds(**job.params.thresholds),
        corpus=corpus_facts(facts[0], paper_scale=facts[1]),
        resamples=job.params.resamples,
        judged=job.params.judged,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
