"""Measure how gates of a language model move at every epoch (rule measure_lm_gates)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.structured.other_lstms import spreads_by_epoch
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(1)
    table = spreads_by_epoch(
        Recipe(**job.params.recipe),
        job.input.weights,
        read_table(job.input.valid, ["id"])["id"].to_numpy(),
        len(read_table(job.input.vocabulary)),
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
