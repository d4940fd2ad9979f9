"""Hold models of a chain, or a null, beside LTH0 (rule measure_lottery)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.measuring_job import measure
from ontogeny.studies.lottery.texts import read_text
from ontogeny.training.devices import use_threads


def main(job):
    use_threads(1)
    tables = measure(
        job.wildcards.compared,
        job.input.dense,
        job.input.models,
        text=read_text(job.input.valid),
        train=read_text(job.input.train),
        others=list(map(read_text, job.input.others)),
        subwords=job.input.subwords,
        tagged={by: job.input[by] for by in job.params.tagged},
        semantics=job.params.semantics,
        sizes=job.params.model,
        seed=int(job.wildcards.seed),
        **job.params.measuring,
    )
    for name, table in tables.items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
