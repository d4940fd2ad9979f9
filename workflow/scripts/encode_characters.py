"""Encode a task's text as characters (rules encode_task_*)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.tasks.encoding import encode_characters


def main(job):
    vocabulary, splits = encode_characters(dict(job.input.items()))
    for split, table in splits.items():
        write_table(table, job.output[split])
    write_table(vocabulary, job.output.vocabulary)


if __name__ == "__main__":
    run(main, snakemake)
