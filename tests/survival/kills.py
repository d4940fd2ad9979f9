"""Kill a workflow at random moments, start it again, and compare what it makes.

    python tests/survival/kills.py --kills 50 --seed 1

runs tiny once whole and once killed, and writes the table of docs/survival.md.
"""

import argparse
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests"))

from declared import declared  # noqa: E402
from pages import write_section  # noqa: E402
from processes import has_ended  # noqa: E402
from runs import call, differences, run_snakemake  # noqa: E402

from ontogeny.alone import lock_path  # noqa: E402
from ontogeny.states import read_states  # noqa: E402

WHOM = ("process group", "Snakemake alone", "one job alone")
SIGNALS = (signal.SIGKILL, signal.SIGTERM)
AIMED_AT = {
    "train_lm": "training",
    "record_activations": "dumping",
    "tag_sentences": "tagging",
    "measure_activations": "measuring",
}
"""Scripts that are to be hit, since moments drawn from a whole run seldom do."""
SCRIPT = re.compile(r"/\.snakemake/scripts/tmp\w+?\.(\w+)\.py$")
PROCESS = re.compile(r"Process (\d+) on ")
RESUMED = re.compile(r"Resuming at step (\d+)")
POLL_S = 0.05
LONGEST_S = 1800
"""A call that takes longer hangs."""


@dataclass(frozen=True)
class Moment:
    """When to kill: at a share of the run's work, or of a job of a script."""

    share: float
    script: str | None = None


@dataclass
class Hit:
    """A job that a kill ended, or let end."""

    name: str
    pid: int
    log: str | None
    then: str = ""


@dataclass
class Kill:
    """What was done, to whom, and what came of it."""

    second: float
    signal: str
    whom: str
    share: float
    hits: list[Hit] = field(default_factory=list)
    unlocked: bool = False
    at: float = field(default_factory=time.time)

    def row(self, number):
        jobs = "; ".join(f"{hit.name}: {hit.then}" for hit in self.hits)
        lock = "; `--unlock`" * self.unlocked
        return (
            f"| {number} | {self.share:.0%} | {self.second:.1f} | {self.signal} | "
            f"{self.whom} | {jobs}{lock} |"
        )


def draw_moments(kills, scripts, rng):
    """Kills aimed at every kind of job that there is, the rest spread over the run."""
    aimed = [script for script in AIMED_AT if script in scripts]
    each = max(1, kills // 10) if kills >= len(aimed) else 0
    moments = [Moment(rng.uniform(0.2, 0.9), one) for one in aimed for _ in range(each)]
    spread = kills - len(moments)
    # Not in the last part: the run must not end before its last kill.
    shares = [0.95 * (place + rng.random()) / spread for place in range(spread)]
    return moments + [Moment(share) for share in shares]


class Work:
    """How much of a run is done, by the seconds its jobs took in another.

    Args:
        outputs: Declared outputs of the other, finished run.
        folder: Where it was.
    """

    def __init__(self, outputs, folder):
        rules = {output.log: output.rule for output in outputs}
        self.seconds = {log: _seconds(folder / bench(log)) for log in rules}
        self.total = sum(self.seconds.values())
        by_rule = {
            rule: [s for log, s in self.seconds.items() if rules[log] == rule]
            for rule in rules.values()
        }
        self.mean = {rule: sum(each) / len(each) for rule, each in by_rule.items()}
        self.rules = rules

    def share(self, folder, workers):
        done = sum(
            s for log, s in self.seconds.items() if (folder / bench(log)).exists()
        )
        doing = sum(
            min(age(worker), self.mean.get(script_of(worker), 0)) for worker in workers
        )
        return min(1.0, (done + doing) / self.total)

    def is_due(self, moment, folder, workers):
        if moment.script is None:
            return self.share(folder, workers) >= moment.share
        # More than half of a job's seconds may go into loading libraries.
        wait_s = moment.share * self.mean[moment.script] / 4
        aimed = (worker for worker in workers if script_of(worker) == moment.script)
        if any(at_work_s(worker, folder, self.rules) >= wait_s for worker in aimed):
            return True
        # None is left to be hit as it should have been.
        return all(
            (folder / bench(log)).exists()
            for log, rule in self.rules.items()
            if rule == moment.script
        )


def bench(log):
    """The benchmark file of a job, by its log."""
    return f"results/benchmarks/{log.removeprefix('logs/').removesuffix('.log')}.tsv"


def _seconds(path):
    return float(path.read_text().splitlines()[1].split("\t")[0])


def age(worker):
    """Seconds since a process began; 0 if it has ended."""
    try:
        return time.time() - worker.create_time()
    except psutil.Error:
        return 0


def at_work_s(worker, folder, logs):
    """Seconds since a process began its job, its libraries loaded; else −1."""
    log = log_of(worker.pid, folder, logs)
    return time.time() - lock_path(folder / log).stat().st_mtime if log else -1


def log_of(pid, folder, logs):
    """The log of the job that a process is, or was last, at; None if it has none."""
    return next((log for log in logs if last_at(folder / log) == pid), None)


def last_at(log):
    """The process that was last at a job."""
    path = lock_path(log)
    found = PROCESS.match(path.read_text()) if path.exists() else None
    return int(found[1]) if found else None


def script_of(worker):
    """The script that a process runs; None if it is no job or has ended."""
    try:
        found = [SCRIPT.search(word) for word in worker.cmdline()[:3]]
    except psutil.Error:
        return None
    return next((match[1] for match in found if match), None)


class Victim:
    """A workflow that is killed and started again as a user would.

    Args:
        command: Of Snakemake, and where: see `runs.call`.
        folder: Of the run.
    """

    def __init__(self, command, where, folder):
        self.command, self.where, self.folder = command, where, folder
        self.said = folder / "said.txt"

    def start(self):
        """Start; unlock first where Snakemake asks for it. Whether it did."""
        self._call()
        while time.time() - self.began < 20 and self.process.poll() is None:
            if self.workers():
                return False
            time.sleep(POLL_S)
        locked = "--unlock argument" in self.said.read_text()
        if self.process.poll() is not None and locked:
            subprocess.run(
                [*self.command, "--unlock"],
                **self.where,
                check=True,
                capture_output=True,
            )
            self._call()
        return locked

    def _call(self):
        self.began = time.time()
        with self.said.open("w") as said:
            # A session of its own: what is killed must not be who kills.
            self.process = subprocess.Popen(
                self.command,
                **self.where,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def workers(self):
        """Processes that run scripts now."""
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return []
        return [child for child in children if script_of(child)]

    def kill(self, how, whom, worker):
        """Send a signal to the process group, to Snakemake, or to a job."""
        if whom == "process group":
            os.killpg(self.process.pid, how)
        elif whom == "Snakemake alone":
            self.process.send_signal(how)
        else:
            worker.send_signal(how)


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


def disturb(victim, work, script, manner, rng):
    """Kill, and wait for what has to end by it; None if there is nobody to kill."""
    how, whom = manner
    workers = [(worker, script_of(worker)) for worker in victim.workers()]
    workers = [(worker, name) for worker, name in workers if name]
    if not workers:
        return None
    share = work.share(victim.folder, [worker for worker, _ in workers])
    kill = Kill(time.time() - victim.began, how.name, whom, share)
    if whom == "one job alone":
        workers = [rng.choice([w for w in workers if w[1] == script] or workers)]
    try:
        victim.kill(how, whom, workers[0][0])
    except psutil.NoSuchProcess:
        return None
    if whom != "one job alone":
        victim.process.wait(LONGEST_S)
        outlived = [w for w, _ in workers if not has_ended(w, within_s=10)]
        assert not outlived, f"outlived their workflow: {outlived}"
    for worker, name in workers:
        log = log_of(worker.pid, victim.folder, work.rules)
        kill.hits.append(Hit(name, worker.pid, log))
    return kill


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
