"""Train variants of a language model that group lasso prunes (rule train_pruned)."""

from ontogeny.corpus.encoding import load_splits
from ontogeny.corpus.filtering import START
from ontogeny.disk.files import read_table, sha256
from ontogeny.running.jobs import run
from ontogeny.studies.structured.jobs import train_variants
from ontogeny.studies.structured.variants import train_variant
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(job.params.threads)
    train_variants(
        train_variant,
        job,
        [sha256(path) for path in job.input],
        splits=load_splits(job.input),
        types=len(read_table(job.input.vocabulary)),
        start=START,
    )


if __name__ == "__main__":
    run(main, snakemake)
