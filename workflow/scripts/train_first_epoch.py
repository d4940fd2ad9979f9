"""Keep a language model's weights within its first epoch (rule train_first_epoch)."""

from ontogeny.corpus.encoding import load_splits
from ontogeny.corpus.filtering import START
from ontogeny.disk.files import read_table, sha256
from ontogeny.running.jobs import run
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.training.devices import use_threads
from ontogeny.training.first_epoch import check_early_steps, train_first_epoch
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver


def main(job):
    use_threads(job.params.threads)
    recipe, splits = Recipe(**job.params.recipe), load_splits(job.input)
    check_early_steps(recipe, job.params.steps, splits["train"])
    seed, data = int(job.wildcards.seed), [sha256(path) for path in job.input]
    folder = state_folder("state", job.output, seed=seed, data=data, **job.params)
    identity = recipe.identity(data, seed)
    types = len(read_table(job.input.vocabulary))
    own = {"seed": seed, "folder": folder, "device": job.params.device}
    own |= {"types": types, "start": START, "identity": identity}
    train_first_epoch(recipe, job.params.steps, splits, **own)
    deliver(folder, job.output)
    keep_delivered(folder, identity)


if __name__ == "__main__":
    run(main, snakemake)
