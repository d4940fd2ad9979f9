"""Measure interdependence of word pairs (rule measure_interdependence)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.interdependence.measuring import choose_epochs, measure_trees
from ontogeny.studies.interdependence.pairs import read_trees
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    vocabulary, window = read_table(job.input.vocabulary), job.params.window
    epochs = choose_epochs(read_table(job.input.curve), job.params.epochs)
    measured = measure_trees(
        Recipe(**job.params.recipe),
        len(vocabulary),
        [job.input.weights[epoch] for epoch in epochs],
        read_trees(job.input.trees, vocabulary, window=window, cased=job.params.cased),
        window=window,
        device=job.params.device,
    )
    write_table(measured.pairs, job.output.pairs)
    write_table(measured.errors, job.output.errors)


if __name__ == "__main__":
    run(main, snakemake)
