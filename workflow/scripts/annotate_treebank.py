"""Encode a labelled treebank with the corpus's vocabulary (rule annotate_treebank)."""

from ontogeny.annotation.texts import make_text
from ontogeny.annotation.treebanks import read_parts
from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run


def main(job):
    parts = {split: job.input[split] for split in ("train", "valid", "test")}
    text = make_text(
        read_parts(parts, job.params.reader), read_table(job.input.vocabulary)
    )
    write_table(text.tokens, job.output.tokens)
    write_table(text.classes, job.output.classes)


if __name__ == "__main__":
    run(main, snakemake)
