"""Compare a language model with another seed's, every epoch (rule compare_seeds)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.domains import read_domains
from ontogeny.studies.svcca.names import COMMON
from ontogeny.studies.svcca.seeds import compare_seeds
from ontogeny.training.devices import choose_device, use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    device = choose_device(job.params.device)
    domains = read_domains([COMMON], [job.input.text], device)
    model = Recipe(**job.params.recipe).model(len(read_table(job.input.vocabulary)))
    table = compare_seeds(
        model.to(device),
        job.input.weights,
        job.input.other,
        domains[COMMON],
        job.params.presets,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
