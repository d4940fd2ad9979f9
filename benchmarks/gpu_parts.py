"""The parts of `python -m benchmarks gpu`; each imports what only it needs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.gpu import Report

TESTS = Path(__file__).resolve().parents[1] / "tests" / "gpu"


def facts(report: Report) -> None:
    """Machine, versions, and the settings that decide on bytes."""
    import torch

    from benchmarks import machine

    report.row(**machine.facts())
    device = _device(report)
    report.row(
        device=device,
        cuda=torch.version.cuda,
        cudnn=torch.backends.cudnn.version(),
        tf32_in_products=torch.backends.cuda.matmul.allow_tf32,
        tf32_in_cudnn=torch.backends.cudnn.allow_tf32,
        deterministic=torch.are_deterministic_algorithms_enabled(),
        cublas_workspace=os.environ.get("CUBLAS_WORKSPACE_CONFIG"),
    )
    if device != "cpu":
        gpu = torch.cuda.get_device_properties(device)
        report.row(
            gpu=gpu.name,
            gpu_memory_gb=gpu.total_memory / 1e9,
            multiprocessors=gpu.multi_processor_count,
            capability=f"{gpu.major}.{gpu.minor}",
            bfloat16=torch.cuda.is_bf16_supported(),
        )


def tests(report: Report) -> None:
    """The tests that need a GPU; they skip themselves without one."""
    # Not the conftest.py of all tests: it needs Snakemake.
    command = [sys.executable, "-m", "pytest", "-m", "gpu", "-rfEs", str(TESTS)]
    command += ["--confcutdir", str(TESTS), "-p", "no:cacheprovider"]
    before = report.log.stat().st_size
    with report.log.open("a") as log:
        done = subprocess.run(command, cwd=TESTS.parents[1], stdout=log, stderr=log)
    lines = report.log.read_bytes()[before:].decode().splitlines()
    for line in lines:
        if line.startswith(("FAILED", "ERROR")):
            report.say(line)
    report.row(status=done.returncode, summary=lines[-1] if lines else "no output")
    if done.returncode:
        raise RuntimeError(f"pytest ended with {done.returncode}; the log has why")


def resume(report: Report) -> None:
    """A training killed within an epoch and resumed: equal bytes to a whole one."""
    with TemporaryDirectory() as folder:
        _resume(report, Path(folder, "whole"), Path(folder, "killed"))


def _resume(report: Report, whole: Path, killed: Path) -> None:
    train(whole, report)
    spawned = multiprocessing.get_context("spawn").Process
    victim = spawned(target=train, args=(killed, report))
    victim.start()
    # The state is saved when the first epoch ends, then within the second.
    saved, last = 0, None
    while victim.is_alive() and saved < 2:
        if (killed / "epoch1.safetensors").exists():
            now = (killed / "state.pt").stat().st_mtime_ns
            saved, last = saved + (last is not None and now != last), now
        time.sleep(0.005)
    victim.kill()
    victim.join()
    if victim.exitcode != -signal.SIGKILL:
        raise RuntimeError("the training was over before it could be killed")
    train(killed, report)
    said = [line for line in report.log.read_text().splitlines() if "Resuming" in line]
    expected, found = (_digests(folder) for folder in (whole, killed))
    different = [name for name in expected if found.get(name) != expected[name]]
    report.row(killed=said[-1:], files=len(expected), different=different)
    if different:
        raise RuntimeError(f"{len(different)} of {len(expected)} files differ")


def train(folder: Path, report: Report) -> None:
    """The training of `resume`, with dropout, and its curve beside the weights."""
    from ontogeny.training.language_model import train_language_model
    from ontogeny.training.recipe import Recipe

    report.listen()
    types, tokens, units = (100, 20_000, 16) if report.small else (1_000, 400_000, 64)
    curve = train_language_model(
        Recipe(embedding=units, hidden=units, batch=20, epochs=3),
        text(types, tokens),
        types=types,
        start=0,
        seed=1,
        folder=folder,
        device=report.device,
        save_every_s=0.05,
    )
    curve.to_csv(folder / "curve.csv")


def curves(report: Report) -> None:
    """Validation losses of one recipe on CPU and GPU, and with a bfloat16 softmax."""
    import torch

    from ontogeny.training.language_model import train_language_model
    from ontogeny.training.recipe import Recipe

    types, tokens, units = (200, 10_000, 16) if report.small else (2_000, 200_000, 200)
    splits, device, reference = text(types, tokens), _device(report), None
    settings = [
        ("cpu", "float32", True),
        (device, "float32", True),
        (device, "float32", False),
        (device, "bfloat16", True),
    ]
    # A processor knows no TF32: its second and third are its first.
    for where, precision, tf32 in settings[:: 3 if device == "cpu" else 1]:
        name = f"{where} {precision} TF32 {tf32}"
        with report.attempt(name), TemporaryDirectory() as folder:
            torch.backends.cudnn.allow_tf32 = tf32
            recipe = Recipe(units, units, dropout=0.0, epochs=3, precision=precision)
            losses = train_language_model(
                recipe,
                splits,
                types=types,
                start=0,
                seed=1,
                folder=Path(folder),
                device=where,
            )["valid_loss_nats"]
            reference = losses if reference is None else reference
            off = ((losses - reference) / reference).abs()
            nats = {f"epoch{epoch}_nats": loss for epoch, loss in enumerate(losses)}
            about = {"device": where, "softmax": precision, "tf32_in_cudnn": tf32}
            report.row(**about, **nats, largest_relative_difference=off.max())


def steps(report: Report) -> None:
    """Step times beside the standard recipe's, and the estimate's rates from them."""
    import torch

    from benchmarks.timing import ratio
    from benchmarks.training import steps_in_turn
    from ontogeny.training.recipe import Recipe

    sizes, number = ((50, 500), 1) if report.small else ((10_000, 50_000), 40)
    device, recipe = _device(report), Recipe()
    words = recipe.batch * recipe.window
    # Both losses must agree before any timing, and under TF32 they may not.
    for tf32 in (True,) if device == "cpu" else (True, False):
        medians = []
        for types in sizes:
            with report.attempt(f"{types:,} words, TF32 {tf32}"):
                torch.backends.cudnn.allow_tf32 = tf32
                times = steps_in_turn(types, number, device)
                ours, peer = times.groupby("contestant")["seconds"].median()
                about = {"types": types, "tf32_in_cudnn": tf32}
                found = {"ours_ms": 1e3 * ours, "peer_ms": 1e3 * peer}
                found |= ratio(times, "ours", "peer")._asdict()
                report.row(**about, **found, tokens_per_s=words / ours)
                medians.append(ours)
        if len(medians) == 2 and medians[0] < medians[1]:
            first, second = (6 * words * recipe.hidden * types for types in sizes)
            rate = (second - first) / (medians[1] - medians[0])
            window = (medians[0] - first / rate) / recipe.layers
            report.say(f"GPU_OPERATIONS {rate:.3g}, GPU_LAYER_WINDOW {window:.2g}")


def trainers(report: Report) -> None:
    """Speed and memory of every trainer, and hours of the papers' runs by it."""
    import torch

    from benchmarks.trainers import PAPERS, TRAINERS, speed

    if report.small:
        report.say("sizes are small, so that hours are not the papers'.")
    hours, device = replace(report, part="hours"), _device(report)
    for deterministic in (False,) if device == "cpu" else (True, False):
        for name, trainer in TRAINERS.items():
            with report.attempt(f"{name}, deterministic {deterministic}"):
                torch.use_deterministic_algorithms(deterministic)
                sizes = trainer.small if report.small else trainer
                found = speed(sizes, 20 if report.small else 200, device)
                about = {"trainer": name, "deterministic": deterministic}
                report.row(**about, **found)
                for study, (tokens, epochs, models, its) in PAPERS.items():
                    if its == name:
                        needed = models * epochs * tokens / found["tokens_per_s"]
                        hours.row(study=study, **about, hours=needed / 3600)


def text(types: int, tokens: int) -> dict[str, Any]:
    """Splits of a text of Zipf's frequencies, half of it told by the word before."""
    import numpy as np

    from benchmarks.training import zipfian

    rng = np.random.default_rng(0)
    ids = zipfian(types, tokens)
    told = rng.random(tokens) < 0.5
    ids[told] = rng.permutation(types)[np.roll(ids, 1)[told]]
    parts = np.split(ids, [tokens * 7 // 10, tokens * 8 // 10])
    return dict(zip(("train", "valid", "test"), parts, strict=True))


def _device(report: Report) -> str:
    from ontogeny.training.devices import choose_device

    return str(choose_device(report.device))


def _digests(folder: Path) -> dict[str, str]:
    paths = [*folder.glob("epoch*.safetensors"), *folder.glob("curve.csv")]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}
