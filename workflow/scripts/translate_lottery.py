"""Translate with a chain of tickets, and score it (rule translate_lottery)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.texts import read_text
from ontogeny.studies.lottery.translating import translate_models
from ontogeny.studies.lottery.translator import load_ticket
from ontogeny.training.devices import choose_device, use_threads


def main(job):
    use_threads(job.params.threads)
    device, subwords = choose_device(job.params.device), job.input.subwords
    texts = dict(zip(job.params.tests, map(read_text, job.input.texts), strict=True))
    quality, sentences = translate_models(
        (load_ticket(path, subwords, device=device) for path in job.input.models),
        texts,
        job.params.decoding,
        batch=job.params.batch,
        prunings_at_once=job.params.prunings_at_once,
    )
    write_table(quality, job.output.quality)
    write_table(sentences, job.output.sentences)


if __name__ == "__main__":
    run(main, snakemake)
