"""Keep the whole configuration beside the results (rule save_config)."""

import yaml

from ontogeny.disk.files import write_text
from ontogeny.running.jobs import run


def main(job):
    text = yaml.safe_dump(job.params.settings, sort_keys=False, allow_unicode=True)
    write_text(text, job.output[0])


if __name__ == "__main__":
    run(main, snakemake)
