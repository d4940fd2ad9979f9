"""Make the tables behind the sparsity figures (rule tabulate_sparsity)."""

from ontogeny.files import write_table
from ontogeny.jobs import run
from ontogeny.sparsity.figures import all_figures
from ontogeny.sparsity.tables import correlations
from ontogeny.sparsity.words import read_observations


def main(job):
    seeds = [(seed, "") for seed in job.params.seeds]
    runs = {
        seed: words
        for (seed, _), words in read_observations(
            dict(zip(seeds, job.input.words, strict=True)),
            curves=dict(zip(job.params.seeds, job.input.curves, strict=True)),
            vocabulary=job.input.vocabulary,
            classes=job.input.classes,
        ).items()
    }
    thresholds = job.params.thresholds
    table = correlations(
        runs,
        frequent_count=thresholds["figure5_min_count"],
        matched_words=thresholds["matched_words"],
        resamples=thresholds["resamples"],
    )
    write_table(table, job.output.correlations)
    for name, figure in all_figures(runs, table, thresholds).items():
        write_table(figure, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
