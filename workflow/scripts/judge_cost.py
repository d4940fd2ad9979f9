"""Judge what similarity costs beside diagnostic classifiers (rule judge_cost)."""

import pandas as pd

from ontogeny.disk.files import write_text
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.claims.cost import judge_cost


def main(job):
    seconds = {
        name: [pd.read_csv(path, sep="\t")["s"].mean() for path in job.input[name]]
        for name in ("similarity", "diagnostics")
    }
    text = judge_cost(*seconds.values(), judged=job.params.judged)
    write_text(text, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
