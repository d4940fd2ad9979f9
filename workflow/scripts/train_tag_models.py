"""Train and score the tag models of one tagset (rule train_tag_models)."""

from ontogeny.annotation.texts import Text
from ontogeny.files import read_table, sha256, write_table
from ontogeny.jobs import run
from ontogeny.states import state_folder
from ontogeny.training import Recipe, use_threads
from ontogeny.training.tag_variants import deliver_variants, train_variants


def main(job):
    use_threads(job.params.threads)
    tagset, data = job.wildcards.tagset, [sha256(path) for path in job.input]
    folder = state_folder("state", job.output, data=data, **job.params)
    scores = train_variants(
        Recipe(**job.params.recipe),
        Text(read_table(job.input.tokens), read_table(job.input.classes)),
        tagset,
        types=len(read_table(job.input.vocabulary)),
        rescalings=job.params.rescalings,
        seed=job.params.seed,
        folder=folder,
        device=job.params.device,
    )
    write_table(scores, job.output.scores)
    deliver_variants(folder, job.output.weights)


if __name__ == "__main__":
    run(main, snakemake)
