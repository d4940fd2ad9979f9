"""Write a generated text with its annotation (rule generate_corpus)."""

from pathlib import Path

from ontogeny.corpus.treebank import write_conllu_file
from ontogeny.grammar import documents
from ontogeny.running.jobs import run


def main(job):
    text = documents(
        job.params.tokens,
        language=job.params.language,
        types=job.params.types,
        seed=job.params.seed,
        language_seed=job.params.language_seed,
    )
    sentences = (s for document in text for s in document.sentences)
    write_conllu_file(sentences, Path(job.output[0]))


if __name__ == "__main__":
    run(main, snakemake)
