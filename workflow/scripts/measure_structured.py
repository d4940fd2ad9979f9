"""Measure what a task's variants have left, and how they do (measure_structured_*)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.structured.encoded import read_text
from ontogeny.studies.structured.loading import kept_variants, load
from ontogeny.studies.structured.measured import measure_task
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(1)
    tables = measure_task(
        kept_variants(job.params.variants, job.input.weights),
        read_text(job.input, job.params.variants),
        load,
        positions=job.params.positions,
        lags=job.params.lags,
        repetitions=job.params.repetitions,
    )
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
