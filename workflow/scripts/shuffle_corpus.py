"""Permute a corpus's words and tags over each split (rule shuffle_corpus)."""

from pathlib import Path

from ontogeny.corpus.encoding import write_tokens
from ontogeny.corpus.filtering import SPLITS
from ontogeny.corpus.shuffling import shuffle_kept
from ontogeny.disk.files import read_table, write_table, write_text
from ontogeny.running.jobs import run


def main(job):
    shuffle_kept(
        Path(job.input.kept),
        [Path(path) for path in job.input.tags],
        Path(job.output.kept),
        [Path(path) for path in job.output.tags],
        seed=job.params.seed,
    )
    for same in ("documents", "vocabulary", "steps"):
        write_table(read_table(job.input[same]), job.output[same])
    write_text(
        Path(job.input.steps_md).read_text(encoding="utf-8"), job.output.steps_md
    )
    paths = {split: Path(job.output[split]) for split in SPLITS}
    write_tokens(Path(job.output.kept), read_table(job.input.vocabulary), paths)


if __name__ == "__main__":
    run(main, snakemake)
