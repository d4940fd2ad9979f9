"""When a run is killed: at shares of its work, and in certain jobs."""

from dataclasses import dataclass

from victims import age, at_work_s, script_of

AIMED_AT = {
    "train_lm": "training",
    "record_activations": "recording",
    "tag_sentences": "tagging",
    "measure_activations": "measuring",
}
"""Scripts that are to be hit, since moments drawn from a whole run seldom do."""


@dataclass(frozen=True)
class Moment:
    """When to kill: at a share of the run's work, or of a job of a script."""

    share: float
    script: str | None = None


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
