"""Write activations and gradients of one epoch (rule record_activations)."""

from pathlib import Path

from ontogeny.activations import ChosenTokens, record_epoch
from ontogeny.activations.store import describe
from ontogeny.disk.files import read_table, sha256, write_table
from ontogeny.running.jobs import run
from ontogeny.training.devices import use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    files = {Path(path).stem: Path(path) for path in job.output.vectors}
    record_epoch(
        Recipe(**job.params.recipe),
        job.input.weights,
        ChosenTokens(Path(job.input.tokens), job.params.tokens),
        read_table(job.input.vocabulary),
        files,
        vector_tokens=job.params.vector_tokens,
        device=job.params.device,
        metadata={
            "corpus": sha256(job.input.tokens),
            "seed": int(job.wildcards.seed),
            "split": job.wildcards.split,
        },
    )
    write_table(describe(files), job.output.recorded)


if __name__ == "__main__":
    run(main, snakemake)
