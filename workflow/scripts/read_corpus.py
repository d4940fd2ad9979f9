"""Read a corpus into a table of tokenised sentences (rule read_corpus)."""

from pathlib import Path

from ontogeny.corpus.readers import read_documents
from ontogeny.corpus.sentences import write_sentences
from ontogeny.corpus.splitting import choose_splitter
from ontogeny.running.jobs import run


def main(job):
    write_sentences(
        read_documents(job.params.format, map(Path, job.input)),
        choose_splitter(
            job.params.language,
            tokenised=job.params.tokenised,
            way=job.params.sentences,
        ),
        sentences_path=Path(job.output.sentences),
        documents_path=Path(job.output.documents),
    )


if __name__ == "__main__":
    run(main, snakemake)
