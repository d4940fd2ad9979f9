"""Results of another config are told before anything runs, also where `.snakemake`,
which would know of it, is not there: ontogeny/running/stale.py.

Snakemake ends at "Nothing to be done" before `onstart`, so it is done while this file
is read: after all rules.
"""

import sys

from snakemake.exceptions import WorkflowError

from ontogeny.errors import InputError
from ontogeny.running.provenance import Record, by_role, kept_sum, plain
from ontogeny.running.stale import Job, compare, refusal

# Not asked for files, or asked what to do about those that are there.
NO_RUN = {"--unlock", "--touch", "-t", "--lint", "--list", "-l", "--list-rules"}
NO_RUN |= {"--delete-all-output", "--delete-temp-output", "--cleanup-metadata", "--cm"}
# Says what is asked for now, of however few studies: out of date, it misleads nobody.
KEEPS_CONFIG = "save_config"


def job_of(record):
    """The job with a record's rule and wildcards as it would be now; None: there is none."""
    try:
        maker = workflow.get_rule(record.rule)
        wildcards = dict(record.wildcards)
        outputs = maker.expand_output(wildcards)[0]
        inputs = maker.expand_input(wildcards)[0]
        params = maker.expand_params(wildcards, inputs, outputs, None)[0]
    except (WorkflowError, LookupError, TypeError):
        return None
    params = plain(dict(params.items()))
    sums = {
        role: [kept_sum(path) for path in paths]
        for role, paths in by_role(inputs).items()
    }
    known = {role: kept for role, kept in sums.items() if kept and all(kept)}
    now = Record(maker.name, wildcards, params, params.pop("code", None), known)
    return Job(now, set(map(str, outputs)), list(map(str, inputs)))


def remembered():
    """Tells whether Snakemake remembers the making of a file.

    The one place that asks its memory: a file per output, if it keeps files.
    """
    from snakemake.persistence.file import FilePersistence

    memory = Path(".snakemake", "metadata")
    if not memory.is_dir():
        return lambda path: False
    persistence = FilePersistence(nolock=True, path=Path(".snakemake"))
    return lambda path: persistence._read_record(str(path)) is not None


def forced():
    """The rules and files that this call runs in any case."""
    from snakemake.cli import parse_args

    called = parse_args(sys.argv[1:])[1]
    if called.forceall:
        return {each.name for each in workflow.rules}
    return set(called.forcerun or ())


# A job's own process, on a cluster, is not asked: its workflow was.
if workflow.is_main_process and not NO_RUN & {*sys.argv}:
    found = compare(
        [f"results/{name}" for name in [*CORPORA, "data"]], job_of, remembered()
    )
    found.stale.pop(KEEPS_CONFIG, None)
    if found.stale and not SETTINGS.accept_stale:
        error = refusal(found, forced())
        if error is not None:
            raise WorkflowError(str(error)) from None
    accepted = sum(map(list, found.stale.values()), []) if SETTINGS.accept_stale else []
    for files, what in (
        (found.other_code, "made by other code than this checkout's"),
        (found.unknown, "made by a version that did not keep by what"),
        (accepted, "made otherwise, and accepted"),
    ):
        if files:
            logger.warning(
                f"{len(files)} files under results/ were {what}, e.g. {files[0]}."
            )
