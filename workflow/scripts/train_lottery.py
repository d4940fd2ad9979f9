"""Train a translation model, or a chain of its tickets (rules train_lottery_*)."""

from ontogeny.running.jobs import run
from ontogeny.studies.lottery.training_jobs import train_job
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(job.params.threads)
    train_job(job)


if __name__ == "__main__":
    run(main, snakemake)
