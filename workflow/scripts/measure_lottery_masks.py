"""Count what was pruned where (rule measure_lottery_masks)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.modules import measure_masks
from ontogeny.studies.lottery.translator import load_ticket


def main(job):
    models = (load_ticket(path, job.input.subwords) for path in job.input.models)
    modules, overlaps = measure_masks(
        job.params.runs, models, job.params.prunings_at_once
    )
    write_table(modules, job.output.modules)
    write_table(overlaps, job.output.overlaps)


if __name__ == "__main__":
    run(main, snakemake)
