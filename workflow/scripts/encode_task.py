"""Encode the labelled texts or the characters of a task (rules encode_task_*)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.tasks.encoding import ENCODERS


def main(job):
    encode = ENCODERS[job.params.kind]
    for name, table in encode(job.input, **job.params.encoding).items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
