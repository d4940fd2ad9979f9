"""Train and score the tag models of one tagset (rule train_tag_models)."""

from ontogeny.annotation.texts import Text
from ontogeny.disk.files import read_table, sha256
from ontogeny.running.jobs import run
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.svcca.tag_variants import drop_variants, train_variants
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver


def main(job):
    use_threads(job.params.threads)
    tagset, data = job.wildcards.tagset, [sha256(path) for path in job.input]
    folder = state_folder("state", job.output, data=data, **job.params)
    recipe = Recipe(**job.params.recipe)
    identity = recipe.identity([*data, tagset], job.params.seed)
    own = {key: job.params[key] for key in ("rescalings", "seed", "device")}
    train_variants(
        recipe,
        Text(read_table(job.input.tokens), read_table(job.input.classes)),
        tagset,
        types=len(read_table(job.input.vocabulary)),
        folder=folder,
        identity=identity,
        **own,
    )
    deliver(folder, job.output)
    keep_delivered(folder, identity)
    drop_variants(folder)


if __name__ == "__main__":
    run(main, snakemake)
