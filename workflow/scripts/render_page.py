"""Make a page of HTML from one of Markdown (rule render_page)."""

from pathlib import Path

from ontogeny.files import write_text
from ontogeny.jobs import run
from ontogeny.pages import to_html


def main(job):
    text = Path(job.input[0]).read_text(encoding="utf-8")
    write_text(to_html(text, title=job.params.title), job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
