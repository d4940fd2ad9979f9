"""Train a tagger on a treebank (rule train_tagger)."""

from pathlib import Path

from ontogeny.files import write_bytes
from ontogeny.jobs import run
from ontogeny.tagging.pipeline import train_pipeline
from ontogeny.treebank import read_conllu


def main(job):
    tagger = train_pipeline(
        read_conllu(job.input.train),
        read_conllu(job.input.dev),
        lowercase=job.params.lowercase,
        seed=0,
        max_epochs=job.params.max_epochs,
    )
    write_bytes(tagger, Path(job.output[0]))


if __name__ == "__main__":
    run(main, snakemake)
