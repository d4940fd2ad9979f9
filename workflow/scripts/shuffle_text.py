"""Permute a labelled text's words over each split (rule shuffle_text)."""

from ontogeny.corpus.shuffling import shuffle_text
from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run


def main(job):
    tokens = read_table(job.input.tokens)
    write_table(shuffle_text(tokens, seed=job.params.seed), job.output.tokens)
    write_table(read_table(job.input.classes), job.output.classes)


if __name__ == "__main__":
    run(main, snakemake)
