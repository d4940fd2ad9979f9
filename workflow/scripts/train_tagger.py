"""Train a tagger on a treebank (rule train_tagger)."""

from pathlib import Path

from ontogeny.corpus.treebank import read_conllu
from ontogeny.disk.files import write_bytes
from ontogeny.running.jobs import run
from ontogeny.tagging.pipeline import train_pipeline


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
