"""Measure a model at every epoch on one split (rule measure_activations)."""

from ontogeny.activations.measuring import measure_epochs
from ontogeny.files import read_table, sha256, write_table
from ontogeny.jobs import run
from ontogeny.training import Recipe, use_threads


def main(job):
    use_threads(job.params.threads)
    words = measure_epochs(
        Recipe(**job.params.recipe),
        job.input.weights,
        read_table(job.input.tokens),
        read_table(job.input.vocabulary),
        limit=job.params.tokens,
        files=job.output.vectors,
        vector_tokens=job.params.vector_tokens,
        device=job.params.device,
        metadata={
            "corpus": sha256(job.input.tokens),
            "seed": int(job.wildcards.seed),
            "split": job.wildcards.split,
        },
    )
    write_table(words, job.output.words)


if __name__ == "__main__":
    run(main, snakemake)
