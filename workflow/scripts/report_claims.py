"""Write the verdicts of all studies for a reader (rule report_claims)."""

import pandas as pd

from ontogeny.claims.controls import LANGUAGE, SHUFFLED
from ontogeny.claims.report import to_landing_page, to_markdown
from ontogeny.disk.files import read_table, write_text
from ontogeny.running.jobs import run


def main(job):
    verdicts = pd.concat(map(read_table, job.input.claims))
    control = list(map(read_table, job.input.control))
    both = verdicts, pd.concat(control) if control else None
    kind = SHUFFLED if job.params.shuffled else LANGUAGE
    write_text(to_markdown(*both, kind=kind), job.output.markdown)
    landing = to_landing_page(*both, name=job.wildcards.corpus, kind=kind)
    write_text(landing, job.output.landing)


if __name__ == "__main__":
    run(main, snakemake)
