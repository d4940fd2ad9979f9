"""Train taggers with dense and sparse embeddings (rule train_predefined_taggers)."""

from ontogeny.running.jobs import run
from ontogeny.studies.predefined.sentences import read_tagged
from ontogeny.studies.predefined.tag_training import tag_recipe, train_tagger
from ontogeny.studies.predefined.taggers import Tagger
from ontogeny.studies.predefined.training_jobs import train_each
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(job.params.threads)
    treebank, study = read_tagged(dict(job.input.items())), job.params.study

    def train(tagger, **how):
        return train_tagger(Tagger(*tagger), treebank, study, **how)

    train_each(job, job.params.taggers, study, tag_recipe(study), train)


if __name__ == "__main__":
    run(main, snakemake)
