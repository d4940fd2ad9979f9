"""Encode a task's labelled texts (rules encode_task_*)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.tasks.encoding import encode_texts
from ontogeny.tasks.labelled import read_parts


def main(job):
    train, test = read_parts(job.input.train, job.input.get("test", []))
    encoded = encode_texts(train, test, **job.params.encoding)
    for split, table in encoded.splits.items():
        write_table(table, job.output[split])
    write_table(encoded.vocabulary, job.output.vocabulary)
    write_table(encoded.labels, job.output.labels)


if __name__ == "__main__":
    run(main, snakemake)
