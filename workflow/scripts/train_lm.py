"""Train one language model; keep every epoch's weights (rule train_lm)."""

from pathlib import Path

from ontogeny.corpus.encoding import load_ids
from ontogeny.corpus.filtering import SPLITS, START
from ontogeny.files import read_table, sha256, write_table
from ontogeny.jobs import run
from ontogeny.training import Recipe, train_language_model, use_threads
from ontogeny.training.state import deliver, state_folder


def main(job):
    use_threads(job.params.threads)
    folder = state_folder(
        Path("state"),
        rule="train_lm",
        seed=job.wildcards.seed,
        data={split: sha256(job.input[split]) for split in SPLITS},
        **job.params,
    )
    curve = train_language_model(
        Recipe(**job.params.recipe),
        {split: load_ids(Path(job.input[split])) for split in SPLITS},
        types=len(read_table(job.input.vocabulary)),
        start=START,
        seed=int(job.wildcards.seed),
        folder=folder,
        device=job.params.device,
    )
    write_table(curve, job.output.curve)
    deliver(folder, [Path(path) for path in job.output.weights])


if __name__ == "__main__":
    run(main, snakemake)
