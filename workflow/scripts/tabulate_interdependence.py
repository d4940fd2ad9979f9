"""Make the tables behind the figures (rule tabulate_interdependence)."""

from ontogeny.disk.files import write_table, write_text
from ontogeny.running.jobs import run
from ontogeny.seeds import read_by_seed
from ontogeny.studies.interdependence.figures import DRAWN, all_figures
from ontogeny.studies.interdependence.models import describe_models, to_markdown


def main(job):
    seeds = job.params.seeds
    tables = all_figures(
        read_by_seed(job.input.pairs, seeds, DRAWN),
        read_by_seed(job.input.epochs, seeds, DRAWN),
        min_pairs=job.params.min_pairs,
        resamples=job.params.resamples,
    )
    for name, table in tables.items():
        write_table(table, job.output[name])
    models = describe_models(
        read_by_seed(job.input.errors, seeds), read_by_seed(job.input.curves, seeds)
    )
    write_table(models, job.output.models)
    write_text(to_markdown(models), job.output.models_md)


if __name__ == "__main__":
    run(main, snakemake)
