"""Run a script of the workflow: for scripts of one's own.

from ontogeny.jobs import run

if __name__ == "__main__":
    run(main, snakemake)
"""

from ontogeny.running.jobs import run

__all__ = ["run"]
