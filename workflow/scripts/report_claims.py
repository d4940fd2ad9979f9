"""Write the verdicts as a page, beside the control's (rule report_claims)."""

from ontogeny.claims import to_markdown
from ontogeny.files import read_table, write_text
from ontogeny.jobs import run


def main(job):
    tables = [read_table(path) for path in [job.input.claims, *job.input.control]]
    write_text(to_markdown(*tables), job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
