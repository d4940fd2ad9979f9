"""A workflow that is killed, its jobs, and what a kill hits."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field

import psutil
from processes import has_ended

from ontogeny.running.alone import lock_path

WHOM = ("process group", "Snakemake alone", "one job alone")
SIGNALS = (signal.SIGKILL, signal.SIGTERM)
SCRIPT = re.compile(r"/\.snakemake/scripts/tmp\w+?\.(\w+)\.py$")
PROCESS = re.compile(r"Process (\d+) on ")
POLL_S = 0.05
LONGEST_S = 1800
"""A call that takes longer hangs."""


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
