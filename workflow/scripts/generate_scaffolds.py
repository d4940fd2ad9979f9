"""Make the texts of one scaffold length (rule generate_scaffolds)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.scaffold.making import make_texts, tables
from ontogeny.studies.scaffold.names import Cell
from ontogeny.studies.scaffold.specification import Specification


def main(job):
    texts = make_texts(
        Specification(int(job.wildcards.length), **job.params.specification),
        [Cell(*cell) for cell in job.params.cells],
        seed=int(job.wildcards.seed),
        items=job.params.test_items,
    )
    for name, table in tables(texts).items():
        write_table(table, job.output[name])


if __name__ == "__main__":
    run(main, snakemake)
