"""Write the three parts of a generated treebank (rule generate_treebank)."""

from pathlib import Path

from ontogeny.corpus.treebank import write_conllu_file
from ontogeny.grammar.parts import treebank
from ontogeny.running.jobs import run


def main(job):
    parts = treebank(
        job.params.tokens,
        language=job.params.language,
        types=job.params.types,
        seed=job.params.seed,
        language_seed=job.params.language_seed,
    )
    for part, sentences in parts.items():
        write_conllu_file(sentences, Path(job.output[part]))


if __name__ == "__main__":
    run(main, snakemake)
