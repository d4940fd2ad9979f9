"""Measure all models of one scaffold length (rule measure_scaffold)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.scaffold.grid import measure_grid
from ontogeny.studies.scaffold.measuring import Reading
from ontogeny.studies.scaffold.names import Training
from ontogeny.studies.scaffold.specification import Specification
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    inside = map(read_table, job.input.inside)
    measures = measure_grid(
        Recipe(**job.params.recipe),
        Specification(int(job.wildcards.length), **job.params.specification),
        [Training(*training) for training in job.params.trainings],
        job.input.weights,
        dict(zip(job.params.occurrences, inside, strict=True)),
        read_table(job.input.outside),
        reading=Reading(**job.params.reading),
        device=job.params.device,
    )
    write_table(measures, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
