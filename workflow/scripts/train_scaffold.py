"""Train a model on one scaffold corpus (rule train_scaffold)."""

from ontogeny.disk.files import read_table, sha256
from ontogeny.running.jobs import run
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.scaffold.specification import Specification
from ontogeny.studies.scaffold.training import train_on_scaffolds
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver


def main(job):
    use_threads(job.params.threads)
    seed, data = int(job.wildcards.seed), sha256(job.input[0])
    folder = state_folder("state", job.output, seed=seed, data=data, **job.params)
    recipe = Recipe(**job.params.recipe, **job.params.variant)
    identity = recipe.identity([data], seed)
    train_on_scaffolds(
        recipe,
        read_table(job.input[0])["id"].to_numpy(),
        types=Specification(2, **job.params.specification).vocabulary,
        seed=seed,
        folder=folder,
        device=job.params.device,
        identity=identity,
    )
    deliver(folder, job.output)
    keep_delivered(folder, identity)


if __name__ == "__main__":
    run(main, snakemake)
