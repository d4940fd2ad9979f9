"""Results of another config are told before anything runs, also where `.snakemake`,
which would know of it, is not there: ontogeny/running/stale.py.

Snakemake ends at "Nothing to be done" before `onstart`, so it is done while this file
is read: after all rules.
"""

import sys
from functools import cache

from snakemake.exceptions import RuleException, WorkflowError

from ontogeny.running.provenance import Record, by_role, divide, of_params
from ontogeny.running.stale import Job, compare, refusal

# A user's own text is read for its checksum, each time, if it is no larger; else its
# size must do.
HASHED_BYTES = 50_000_000
# A file that is newer than Snakemake's memory of it has been put there since.
LATER_S = 60
# With these nothing is made, or what is there is taken on purpose.
NO_RUN = [
    *("unlock", "touch", "lint", "list_rules", "list_target_rules", "summary"),
    *("detailed_summary", "dag", "rulegraph", "filegraph", "d3dag"),
    *("delete_all_output", "delete_temp_output", "cleanup_metadata"),
]


def seeds_in(section):
    """All seeds that a config names."""
    for key, value in section.items():
        if isinstance(value, dict):
            yield from seeds_in(value)
        elif key == "seeds":
            yield from value or ()
        elif key == "null_seed":
            yield value


ALL_SEEDS = {str(seed) for seed in seeds_in(SETTINGS.model_dump())}


# Two controls lie in one folder, and what is shuffled of one is generated of the other.
# Another workflow that imports this one may have given the rules' names a prefix.
SHUFFLING = ("shuffle_corpus", "shuffle_text")


def other_maker(record):
    """What makes a record's file now, if one control's would pass for the other's."""
    if CONTROL not in Path(record.output).parts:
        return None
    makers = [one for one in workflow.rules if one.name.endswith(SHUFFLING)]
    if record.rule.endswith(SHUFFLING):
        makers = [] if makers else workflow.rules
    return next((one for one in makers if one.is_producer(record.output)), None)


def job_of(record):
    """The job that a record is of, as it would be now; None: this config has none."""
    if record.wildcards.get("seed") not in {None, *ALL_SEEDS}:
        return None
    if maker := other_maker(record):
        return Job(Record(maker.name, {}), {record.output}, [])
    return made_now(record.rule, *sorted(record.wildcards.items()))


@cache  # a job's files ask for the same one
def made_now(name, *wildcards):
    """The job of a name and wildcards, if there is one."""
    try:
        maker = workflow.get_rule(name)
        wildcards = dict(wildcards)
        outputs = maker.expand_output(wildcards)[0]
        inputs = maker.expand_input(wildcards)[0]
        params = maker.expand_params(wildcards, inputs, outputs, None)[0]
    except (WorkflowError, RuleException, LookupError, TypeError, AttributeError):
        return None
    params, code = of_params(params)
    made = divide(by_role(inputs), hashed_bytes=HASHED_BYTES)
    now = Record(maker.name, wildcards, params, code, *made)
    return Job(now, set(map(str, outputs)), list(map(str, inputs)))


def remembered():
    """Tells whether Snakemake remembers the making of a file.

    The one place that asks its memory: a file per output, if it keeps files.
    """
    from snakemake.persistence.file import FilePersistence

    if not Path(".snakemake", "metadata").is_dir():
        return lambda path: False
    memory = FilePersistence(nolock=True, path=Path(".snakemake"))

    def is_remembered(path):
        record = memory._read_record(str(path))
        end = record and record.get("endtime")
        return bool(end) and path.stat().st_mtime <= end + LATER_S

    return is_remembered


# A job's own process, on a cluster, is not asked: its workflow was.
if workflow.is_main_process:
    # Another workflow that imports this one may have given them a prefix.
    results = str(rules.save_config.output[0])
    folders = [Path(results.format(corpus=corpus)).parent for corpus in CORPORA]
    data = Path(str(rules.fetch.output[0])).parents[1]
    found = compare([*folders, data], job_of, remembered())
    # It says what is asked for now, of however few studies, and misleads nobody.
    found.stale.pop(rules.save_config.rule.name, None)
    if found.stale and not SETTINGS.accept_stale:
        from snakemake.cli import parse_args

        called = parse_args(sys.argv[1:])[1]
        forced = {*(called.forcerun or ()), *(called.targets if called.force else ())}
        if called.forceall:
            forced |= {*found.stale}
        error = refusal(found, forced)
        if error and not any(getattr(called, option, None) for option in NO_RUN):
            raise WorkflowError(str(error)) from None
    accepted = sum(map(list, found.stale.values()), []) if SETTINGS.accept_stale else []
    for files, what in (
        (found.other_code, "made by other code than this checkout's"),
        (
            found.unknown,
            "not made by this workflow, or by a version that kept no record",
        ),
        (accepted, "made otherwise, and accepted"),
    ):
        if files:
            logger.warning(
                f"{len(files)} files under results/ were {what}, e.g. {files[0]}."
            )
