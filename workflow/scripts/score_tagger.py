"""Score a tagger on the test parts of treebanks (rule score_tagger)."""

import pandas as pd

from ontogeny.corpus.treebank import read_conllu
from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.tagging.accuracy import accuracy
from ontogeny.tagging.pipeline import choose_pipeline


def main(job):
    nlp = choose_pipeline(job.params.pipeline, job.input.get("tagger"))
    tables = {
        name: accuracy(nlp, read_conllu(path), lowercase=job.params.lowercase)
        for name, path in zip(job.params.treebanks, job.input.treebanks, strict=True)
    }
    table = pd.concat(tables, names=["treebank"]).reset_index(level="treebank")
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
