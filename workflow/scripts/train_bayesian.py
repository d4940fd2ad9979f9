"""Train variants of a network by sparse variational dropout."""

from ontogeny.disk.files import sha256
from ontogeny.running.jobs import run
from ontogeny.studies.structured.bayes_variants import train_variant
from ontogeny.studies.structured.encoded import read_text
from ontogeny.studies.structured.jobs import train_variants
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(job.params.threads)
    text = read_text(job.input, job.params.variants)
    data = [sha256(path) for path in job.input]
    train_variants(train_variant, job, data, text=text)


if __name__ == "__main__":
    run(main, snakemake)
