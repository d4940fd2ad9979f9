"""Compare a language model with tag models, every epoch (rule measure_similarity)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.domains import read_domains
from ontogeny.studies.svcca.measuring import Study, measure_similarity
from ontogeny.studies.svcca.tag_views import open_views
from ontogeny.training.devices import choose_device, use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    device = choose_device(job.params.device)
    study = Study(
        read_domains(job.params.domains, job.input.texts, device),
        open_views(job.params.views, job.input.vectors, job.input.moments),
        job.params.own_domain,
        job.params.presets,
    )
    model = Recipe(**job.params.recipe).model(len(read_table(job.input.vocabulary)))
    table = measure_similarity(
        model.to(device), job.input.weights, study, last=job.input.last
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
