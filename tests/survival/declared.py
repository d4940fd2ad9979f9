"""What a finished run has made, by whom and of what, as Snakemake tells it."""

from typing import NamedTuple

from runs import run_snakemake


class Output(NamedTuple):
    """A declared output; paths are relative to the run's folder."""

    path: str
    rule: str
    log: str
    inputs: tuple[str, ...]


def declared(*targets, folder, repository, config):
    """The outputs of a finished run that are there, in the order of their paths."""
    run = run_snakemake(
        *(*targets, "--detailed-summary", "--configfile", config),
        folder=folder,
        repository=repository,
        cores=1,
    )
    assert run.status == 0, run.text
    rows = (line.split("\t") for line in run.text.splitlines())
    rows = (row for row in rows if len(row) == 8 and row[3] not in ("-", "log-file(s)"))
    return sorted(
        Output(path, rule, log, tuple(filter(None, inputs.split(","))))
        for path, _, rule, log, inputs, *_ in rows
        if (folder / path).exists()
    )
