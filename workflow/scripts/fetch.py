"""Take a file of a data set from a local folder or download it (rule fetch)."""

from pathlib import Path

from ontogeny.disk.downloads import fetch
from ontogeny.running.jobs import run


def main(job):
    data_dir, name = job.resources.data_dir, job.wildcards.dataset
    fetch(
        job.params.url,
        Path(job.output[0]),
        sha256=job.params.sha256,
        licence=job.params.licence,
        local=Path(data_dir, name, job.wildcards.file) if data_dir else None,
        most_bytes=job.resources.most_bytes or None,
    )


if __name__ == "__main__":
    run(main, snakemake)
