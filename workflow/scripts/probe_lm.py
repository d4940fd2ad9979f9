"""Ask a language model tasks of probes, epoch by epoch (rule probe_lm)."""

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.probing import probe
from ontogeny.tasks.probing.registry import tasks_of
from ontogeny.tasks.probing.task import PARTS
from ontogeny.training.devices import choose_device, use_threads
from ontogeny.training.recipe import Recipe


def main(job):
    use_threads(job.params.threads)
    vocabulary = read_table(job.input.vocabulary)
    model = Recipe(**job.params.recipe).model(len(vocabulary))
    tasks = [
        (task, {part: job.input[f"{task.name}_{part}"] for part in PARTS})
        for task in tasks_of(job.params.texts, job.params.tasks)
    ]
    table = probe(
        model.to(choose_device(job.params.device)),
        job.input.weights,
        tasks,
        vocabulary,
        **job.params.selection,
    )
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
