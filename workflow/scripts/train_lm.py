"""Train one language model; keep every epoch's weights (rule train_lm)."""

from ontogeny.corpus.encoding import load_splits
from ontogeny.corpus.filtering import START
from ontogeny.disk.files import read_table, sha256, write_table
from ontogeny.running.jobs import run
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.training.devices import use_threads
from ontogeny.training.language_model import train_language_model
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver


def main(job):
    use_threads(job.params.threads)
    seed, data = int(job.wildcards.seed), [sha256(path) for path in job.input]
    folder = state_folder("state", job.output, seed=seed, data=data, **job.params)
    recipe = Recipe(**job.params.recipe)
    identity = recipe.identity(data, seed)
    own = {"seed": seed, "folder": folder, "device": job.params.device}
    curve = train_language_model(
        recipe,
        load_splits(job.input),
        types=len(read_table(job.input.vocabulary)),
        start=START,
        identity=identity,
        **own,
    )
    write_table(curve, job.output.curve)
    deliver(folder, job.output.weights)
    keep_delivered(folder, identity)


if __name__ == "__main__":
    run(main, snakemake)
