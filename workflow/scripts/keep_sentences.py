"""Filter and split a corpus; make vocabulary and ids (rule keep_sentences)."""

from pathlib import Path

from ontogeny.corpus.encoding import write_tokens
from ontogeny.corpus.filtering import SPLITS, keep_sentences
from ontogeny.corpus.tables import ReadCorpus
from ontogeny.disk.files import write_table, write_text
from ontogeny.running.jobs import run


def main(job):
    corpus = ReadCorpus(
        [Path(path) for path in job.input.sentences],
        [Path(path) for path in job.input.documents],
    )
    kept = keep_sentences(
        corpus,
        Path(job.output.kept),
        min_count=job.params.min_count,
        shares=job.params.shares,
        seed=job.params.seed,
    )
    corpus.write_documents(Path(job.output.documents))
    paths = {split: Path(job.output[split]) for split in SPLITS}
    write_tokens(Path(job.output.kept), kept.vocabulary, paths)
    write_table(kept.vocabulary, job.output.vocabulary)
    write_table(kept.steps, job.output.steps)
    write_text(kept.steps.to_markdown(index=False, intfmt=","), job.output.steps_md)


if __name__ == "__main__":
    run(main, snakemake)
