"""Read a treebank before anything is trained for it (rule check_trees)."""

from ontogeny.disk.files import write_text
from ontogeny.running.jobs import run
from ontogeny.studies.interdependence.trees import check_trees


def main(job):
    found = check_trees(dict(zip(job.params.parts, job.input, strict=True)))
    write_text(found.to_markdown(index=False, intfmt=","), job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
