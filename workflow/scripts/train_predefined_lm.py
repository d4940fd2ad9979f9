"""Train dense and sparse language models (rules train_predefined_lm and _recite)."""

from ontogeny.disk.files import read_table
from ontogeny.running.jobs import run
from ontogeny.studies.predefined.lm_training import lm_recipe, train_network
from ontogeny.studies.predefined.losses import read_texts
from ontogeny.studies.predefined.networks import Network
from ontogeny.studies.predefined.training_jobs import train_each
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(job.params.threads)
    texts, training = read_texts(job.input, job.params.words), job.params.training
    types = len(read_table(job.input.vocabulary))

    def train(network, **how):
        return train_network(Network(**network), texts, training, types=types, **how)

    settings = {"training": training, "words": job.params.words}
    train_each(
        job, job.params.networks, settings, lm_recipe(training, dropout=True), train
    )


if __name__ == "__main__":
    run(main, snakemake)
