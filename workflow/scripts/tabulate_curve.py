"""Put the learning curves of all seeds in one table (rule tabulate_curve)."""

import pandas as pd

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run


def main(job):
    curves = dict(zip(job.params.seeds, map(read_table, job.input), strict=True))
    table = pd.concat(curves, names=["seed"]).reset_index(level="seed")
    write_table(table, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
