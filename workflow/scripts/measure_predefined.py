"""Check sizes, and time the study's language models (rule measure_predefined)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.predefined.checks import checks
from ontogeny.studies.predefined.front import front
from ontogeny.studies.predefined.networks import Network
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(1)
    networks = {tuple(key): Network(**network) for key, network in job.params.networks}
    quality = dict(
        zip(
            map(tuple, job.params.runs), map(read_table, job.input.quality), strict=True
        )
    )
    types = sum(len(read_table(path, ["id"])) for path in job.input.vocabulary)
    write_table(front(networks, quality, types), job.output.front)
    write_table(checks(), job.output.checks)


if __name__ == "__main__":
    run(main, snakemake)
