"""Read the texts that similarity is measured on (rule record_tag_models)."""

from ontogeny.running.jobs import run
from ontogeny.studies.svcca.domains import read_domains
from ontogeny.studies.svcca.tag_views import record_views
from ontogeny.training.devices import choose_device, use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    record_views(
        Recipe(**job.params.recipe),
        job.input.weights,
        read_domains(
            job.params.domains, job.input.texts, choose_device(job.params.device)
        ),
        job.params.views,
        vectors=job.output.vectors,
        moments=job.output.moments,
        device=job.params.device,
    )


if __name__ == "__main__":
    run(main, snakemake)
