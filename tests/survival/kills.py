"""Kill a workflow at random moments, start it again, and compare what it makes.

    python tests/survival/kills.py --kills 50 --seed 1

runs tiny once whole and once killed, and writes the table of docs/survival.md.
"""

import argparse
import itertools
import random
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from declared import declared
from moments import AIMED_AT, Work, bench, draw_moments
from pages import write_section
from runs import call, differences, run_snakemake
from victims import LONGEST_S, POLL_S, SIGNALS, WHOM, Victim, disturb, last_at

from ontogeny.running.states import read_states

ROOT = Path(__file__).parents[2]
RESUMED = re.compile(r"Resuming at step (\d+)")


def survive(victim, work, moments, rng):
    """Run to the end with a kill at each moment; what was done.

    Moments that have come are taken from `moments`.

    Raises:
        AssertionError: If Snakemake ends badly without having been disturbed, or
            jobs outlive it.
    """
    kills, manners = [], []
    victim.start()
    while True:
        workers = victim.workers()
        due = [m for m in moments if workers and work.is_due(m, victim.folder, workers)]
        if due:
            if due[0].script is None:
                time.sleep(rng.uniform(0, 2))  # not always at a job's beginning
            if not manners:
                manners = list(itertools.product(SIGNALS, WHOM))
                rng.shuffle(manners)
            if kill := disturb(victim, work, due[0].script, manners[-1], rng):
                moments.remove(due[0])
                manners.pop()
                kills.append(kill)
        elif victim.process.poll() is None:
            assert time.time() - victim.began < LONGEST_S, "it hangs"
            settle(kills, victim.folder)
            time.sleep(POLL_S)
        else:
            settle(kills, victim.folder)
            if victim.process.returncode == 0:
                return kills
            disturbed = bool(kills) and kills[-1].at > victim.began
            assert disturbed, victim.said.read_text()
            kills[-1].unlocked = victim.start()


def settle(kills, folder):
    """Find out what has become of jobs that were hit."""
    for kill in kills:
        for hit in (hit for hit in kill.hits if not hit.then):
            hit.then = outcome(kill, hit, folder)


def outcome(kill, hit, folder):
    """What has become of a job that was hit; empty if that is not known yet."""
    if hit.log is None:
        return "had not begun"
    made, log = folder / bench(hit.log), folder / hit.log
    done = made.exists() and made.stat().st_mtime > kill.at
    if last_at(log) == hit.pid:
        return "ended well" if done else ""
    if log.exists() and (found := RESUMED.search(log.read_text())):
        return f"resumed at step {found[1]}"
    return "made again" if done else ""


def unfinished(folder):
    """What is left of trainings that have not ended: one phrase each."""
    states = read_states(folder / "state")
    return [f"{s.folder} is unfinished" for s in states if not s.is_delivered]


def table(kills, outputs, seconds, arguments):
    """The section of docs/survival.md."""
    scripts = [hit.name for kill in kills for hit in kill.hits]
    hits = ", ".join(f"{what} {scripts.count(s)}" for s, what in AIMED_AT.items())
    lines = [
        f"`python tests/survival/kills.py {arguments}`: {len(kills)} of {len(kills)} "
        f"kills survived, {len(outputs)} declared files with the bytes of an "
        f"undisturbed run ({seconds:.0f} s with all kills). Among the jobs hit: {hits}.",
        "",
        "| kill | work done | s into the call | signal | to | jobs hit, and what became of them |",
        "|---|---|---|---|---|---|",
        *(kill.row(number) for number, kill in enumerate(kills, 1)),
    ]
    return "\n".join(lines)


def kill_and_compare(targets, *, kills, seed, config, repository, folder, reference):
    """Run targets with kills; the kills, the outputs, and what is not as it should be.

    Args:
        targets: Of Snakemake; none: all.
        kills: How many.
        seed: Of moments, signals and whom they go to.
        config: A file.
        repository: Whose workflow runs.
        folder: Where it is killed.
        reference: Where it has run undisturbed.
    """
    rng = random.Random(seed)
    outputs = declared(*targets, folder=reference, repository=repository, config=config)
    # What is about times is not compared.
    outputs = [o for o in outputs if not o.path.startswith("results/benchmarks/")]
    work = Work(outputs, reference)
    command, where = call(
        *targets, "--configfile", config, folder=folder, repository=repository
    )
    victim = Victim(command, where, folder)
    moments = draw_moments(kills, work.mean.keys(), rng)
    done = survive(victim, work, moments, rng)
    names = {output.path.removeprefix("results/") for output in outputs}
    wrong = differences(folder / "results", reference / "results", names)
    wrong += unfinished(folder)
    wrong += [f"the kill at {moment} was not due" for moment in moments]
    return done, outputs, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="of Snakemake; none: all")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--configfile", type=Path, default=ROOT / "config/tiny.yaml")
    parser.add_argument("--folder", type=Path, help="kept; default: a temporary one")
    parser.add_argument("--reference", type=Path, help="a finished run's folder")
    parser.add_argument(
        "--page",
        type=Path,
        help="gets the table (default: docs/survival.md, if all is run)",
    )
    called = parser.parse_args()
    folder = called.folder or Path(tempfile.mkdtemp(prefix="kills"))
    folder.mkdir(parents=True, exist_ok=True)
    config = called.configfile.resolve()
    reference = called.reference or folder / "reference"
    if not called.reference:
        run = run_snakemake(
            *(*called.targets, "--configfile", config),
            folder=reference,
            repository=ROOT,
        )
        assert run.status == 0, run.text
    began = time.time()
    kills, outputs, wrong = kill_and_compare(
        called.targets,
        kills=called.kills,
        seed=called.seed,
        config=config,
        repository=ROOT,
        folder=folder / "killed",
        reference=reference,
    )
    arguments = f"--kills {called.kills} --seed {called.seed}"
    text = table(kills, outputs, time.time() - began, arguments)
    print(text)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    page = called.page or (None if called.targets else ROOT / "docs/survival.md")
    if page:
        write_section(page, "kills", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
