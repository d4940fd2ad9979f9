"""Ask tasks of all models of a seed by probes (rule probe_lottery)."""

from itertools import zip_longest

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.probing_job import probe
from ontogeny.training.devices import choose_device, use_threads


def main(job):
    use_threads(job.params.threads)
    texts = zip(job.input.read, job.input.asked, strict=True)
    # Of an untrained model, the last, there is no file.
    models = zip_longest(job.params.probed, job.input.models)
    tables = probe(
        [(chain, prunings, file) for (chain, prunings), file in models],
        dict(zip(job.params.dealt, texts, strict=True)),
        tasks=read_table(job.input.tasks),
        positive=job.params.positive,
        subwords=job.input.subwords,
        sizes=job.params.model,
        seed=int(job.wildcards.seed),
        last_only=job.params.control,
        batch=job.params.batch,
        device=choose_device(job.params.device),
        **job.params.asking,
    )
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
