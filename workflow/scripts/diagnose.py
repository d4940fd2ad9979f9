"""Train diagnostic classifiers at every epoch (rule diagnose)."""

from ontogeny.annotation.texts import Text
from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.diagnosing import diagnose
from ontogeny.training.devices import choose_device, use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    texts = zip(job.input.texts, job.input.classes, strict=True)
    model = Recipe(**job.params.recipe).model(len(read_table(job.input.vocabulary)))
    table = diagnose(
        model.to(choose_device(job.params.device)),
        job.input.weights,
        [Text(read_table(tokens), read_table(classes)) for tokens, classes in texts],
        limit=job.params.tokens,
        seed=int(job.wildcards.seed),
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
