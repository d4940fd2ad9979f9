"""Encode a text in its official splits (rule encode_official)."""

from ontogeny.corpus.official import encode_official
from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run


def main(job):
    vocabulary, splits = encode_official(dict(job.input.items()))
    for split, tokens in splits.items():
        write_table(tokens, job.output[split])
    write_table(vocabulary, job.output.vocabulary)


if __name__ == "__main__":
    run(main, snakemake)
