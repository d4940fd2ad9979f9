"""Give every word its class from its tags in training (rule classify_words)."""

from pathlib import Path

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.tagging.classes import word_classes
from ontogeny.tagging.shards import count_training_tags


def main(job):
    counts = count_training_tags(
        Path(job.input.kept),
        [Path(path) for path in job.input.tags],
        read_table(job.input.vocabulary),
    )
    classes = word_classes(counts, min_count=job.params.min_count)
    write_table(classes, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
