"""The training of tiny's language model by itself, as the workflow runs its job."""

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from contextlib import chdir
from pathlib import Path

import yaml

sys.path.append(str(Path(__file__).parents[1]))

from runs import contents, job

from ontogeny.running.states import read_states
from ontogeny.settings import read_settings

SPLITS = ("train", "valid", "test")


class Training:
    """The job `train_lm` of a finished tiny run, made again in another folder.

    Args:
        finished: Folder of the run.
        repository: Whose script runs.
        folder: Where it runs.
        recipe: What is other than in config/tiny.yaml.
    """

    def __init__(self, finished, repository, folder, **recipe):
        config = yaml.safe_load((repository / "config" / "tiny.yaml").read_text())
        settings = read_settings(config)
        corpus = finished / "results" / "tiny" / "corpus"
        inputs = {name: f"{corpus}/{name}.parquet" for name in (*SPLITS, "vocabulary")}
        weights = [
            f"results/tiny/lm/seed1/epoch{epoch}.safetensors"
            for epoch in range(settings.lm.epochs + 1)
        ]
        self.outputs = [*weights, "results/tiny/lm/seed1/curve.parquet"]
        self.folder, self.log = folder, folder / "train_lm.log"
        self.script = str(repository / "workflow" / "scripts" / "train_lm.py")
        self.parts = {
            "input": inputs,
            "output": {"weights": weights, "curve": self.outputs[-1]},
            "params": {
                "recipe": {**settings.lm.recipe(), **recipe},
                "device": "cpu",
                "threads": settings.threads,
                "code": "-",
            },
            "wildcards": {"seed": "1"},
            "log": ["train_lm.log"],
        }

    def start(self):
        """In a process of its own."""
        return subprocess.Popen(
            [sys.executable, __file__, self.script, json.dumps(self.parts)],
            cwd=self.folder,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self):
        """Start, and kill when an epoch has been learned; the folder of the state."""
        with self.start() as process:
            until = time.monotonic() + 60
            while "Epoch 1:" not in self.said() and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
        return read_states(self.folder / "state")[-1].folder

    def said(self):
        """What its log says."""
        return self.log.read_text() if self.log.exists() else ""

    def made(self):
        """The bytes of its outputs, by name."""
        return contents(self.folder, self.outputs)


def run(script, parts):
    """Run the job here."""
    runpy.run_path(
        script, init_globals={"snakemake": job(**parts)}, run_name="__main__"
    )


def run_in(training):
    """Run a training's job here; its exit status."""
    with chdir(training.folder):
        try:
            run(training.script, training.parts)
        except SystemExit as end:
            return end.code
    return 0


if __name__ == "__main__":
    run(sys.argv[1], json.loads(sys.argv[2]))
