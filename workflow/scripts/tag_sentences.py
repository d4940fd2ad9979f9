"""Tag one shard of the kept sentences (rule tag_sentences)."""

from pathlib import Path

from ontogeny.running.jobs import run
from ontogeny.tagging.pipeline import choose_pipeline
from ontogeny.tagging.shards import tag_shard


def main(job):
    tag_shard(
        choose_pipeline(job.params.pipeline, job.input.get("tagger")),
        Path(job.input.kept),
        Path(job.output[0]),
        shard=job.wildcards.scatteritem,
    )


if __name__ == "__main__":
    run(main, snakemake)
