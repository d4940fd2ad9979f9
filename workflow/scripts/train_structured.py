"""Train variants of a task of structured sparsification (rules train_structured_*)."""

from ontogeny.running.jobs import run
from ontogeny.studies.structured.jobs import train_variants
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(job.params.threads)
    train_variants(job)


if __name__ == "__main__":
    run(main, snakemake)
