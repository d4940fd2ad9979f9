"""Judge the sparsity claims on every seed and split (rule judge_claims)."""

from itertools import product

from ontogeny.claims.sparsity import Thresholds, corpus_facts, judge_sparsity
from ontogeny.files import read_table, write_table
from ontogeny.jobs import run
from ontogeny.sparsity.words import read_observations


def main(job):
    runs = product(job.params.splits, job.params.seeds)
    observations = read_observations(
        {(s, split): p for (split, s), p in zip(runs, job.input.words, strict=True)},
        curves=dict(zip(job.params.seeds, job.input.curves, strict=True)),
        vocabulary=job.input.vocabulary,
        classes=job.input.classes,
    )
    cutoffs = job.params.thresholds
    table = judge_sparsity(
        observations,
        resamples=cutoffs["resamples"],
        thresholds=Thresholds(
            figure2_min_count=cutoffs["figure2_min_count"],
            figure5_min_count=cutoffs["figure5_min_count"],
            matched_words=cutoffs["matched_words"],
        ),
        corpus=corpus_facts(
            read_table(job.input.steps), paper_scale=job.params.papers_corpus
        ),
        judged=job.params.judged,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
