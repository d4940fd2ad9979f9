"""Read the tasks of probes and write them in subwords (rule encode_probes)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.probe_texts import read_task, stacked
from ontogeny.tasks.probing.registry import tasks_of
from ontogeny.tasks.probing.task import PARTS
from ontogeny.translation.subwords import Subwords


def main(job):
    subwords = Subwords.load(job.input.subwords)
    found = [
        read_task(
            task,
            {part: job.input[f"{task.name}_{part}"] for part in PARTS},
            subwords,
            longest=job.params.longest,
            **job.params.selection,
        )
        for task in tasks_of(job.params.texts, job.params.tasks)
    ]
    for text, sentences, items in zip(
        found, job.output.read, job.output.asked, strict=True
    ):
        write_table(text.sentences, sentences)
        write_table(text.items, items)
    write_table(stacked(found), job.output.tasks)


if __name__ == "__main__":
    run(main, snakemake)
