"""Make a page of HTML from one of Markdown (rule render_page)."""

from pathlib import Path

from ontogeny.claims.pages import to_html
from ontogeny.disk.files import write_text
from ontogeny.running.jobs import run


def main(job):
    text = Path(job.input[0]).read_text(encoding="utf-8")
    write_text(to_html(text, title=job.params.title), job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
