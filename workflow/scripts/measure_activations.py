"""Measure a model at some epochs on one split (rule measure_activations)."""

from pathlib import Path

from ontogeny.activations import ChosenTokens, measure_epochs
from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    words = measure_epochs(
        Recipe(**job.params.recipe),
        job.input.weights,
        ChosenTokens(Path(job.input.tokens), job.params.tokens),
        read_table(job.input.vocabulary),
        device=job.params.device,
    )
    write_table(words, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
