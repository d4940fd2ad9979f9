"""Trainings of the study, as jobs: LTH0, and chains of tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from ontogeny.disk.files import sha256, write_table
from ontogeny.errors import InputError
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.lottery.chains import Chain, train_chain, train_dense
from ontogeny.studies.lottery.names import DENSE, rate_of
from ontogeny.studies.lottery.retraining import Rewinding, Training, check_rewinding
from ontogeny.studies.lottery.texts import read_text
from ontogeny.studies.lottery.tickets import SUBWORDS, number_of
from ontogeny.training.batches import Shuffled
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.devices import choose_device
from ontogeny.training.loop import Callback, Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver
from ontogeny.translation.batches import PairBatch, compose_batches
from ontogeny.translation.bleu import bleu, bleu_statistics
from ontogeny.translation.decoding import greedy
from ontogeny.translation.loss import TranslationLoss, mean_target_nats
from ontogeny.translation.subwords import Subwords


class ValidationBleu(Callback):
    """Greedy BLEU of some pairs, `valid_bleu` in the last row of a curve.

    Args:
        curve: Called before this one.
        batches: Of the pairs.
        references: Words of each pair's target, by its number.
        subwords: Of the model.
    """

    def __init__(
        self,
        curve: LossCurve,
        batches: Sequence[PairBatch],
        references: Mapping[int, Sequence[str]],
        subwords: Subwords,
    ) -> None:
        self.curve, self.batches = curve, batches
        self.references, self.subwords = references, subwords

    def at_start(self, run: Run) -> None:
        self.after_epoch(run)

    def after_epoch(self, run: Run) -> None:
        said, wanted = [], []
        for batch in self.batches:
            for found in greedy(cast(EncoderDecoder, run.model), batch.source):
                said.append(" ".join(self.subwords.decode(found.subwords)))
            wanted += [" ".join(self.references[n]) for n in batch.pairs.tolist()]
        sums = bleu_statistics(said, wanted).sum(axis=0)
        self.curve.rows[-1]["valid_bleu"] = float(bleu(sums))


def training_of(
    settings: Mapping[str, Any],
    texts: Mapping[str, pa.Table],
    subwords: Subwords,
    *,
    seed: int,
    device: str,
    identity: str,
) -> tuple[Training, Rewinding]:
    """What LTH0 and all chains of a seed are trained on, and how chains rewind.

    Args:
        settings: `ontogeny.studies.lottery.settings.Lottery.training`.
        texts: Tables of train and valid (`ontogeny.studies.lottery.texts.Texts`).
        subwords: Of both languages.
        seed: Of LTH0.
        device: "cpu", "cuda" or "auto".
        identity: Of the texts' files.

    Source: Movva & Zhao (2020), 3.1; ASSUME: the recipe of fairseq for this model.
    """
    where = choose_device(device)

    def compose(text: str, pairs: int | None = None) -> list[PairBatch]:
        table = texts[text].slice(0, pairs)
        try:
            return compose_batches(table, tokens=settings["batch"], device=where)
        except InputError as error:
            raise InputError(f"{text}: {error}") from error

    batches = Shuffled(compose("train"), seed)
    valid = compose("valid")
    some = compose("valid", settings["curve_pairs"])
    words = texts["valid"]["target_words"].to_pylist()
    references = dict(zip(texts["valid"]["pair"].to_pylist(), words, strict=True))
    epochs = settings["epochs"]
    recipe = Recipe(
        batch=settings["batch"],
        epochs=epochs,
        optimiser="adam",
        learning_rate=settings["learning_rate"],
        schedule="inverse_sqrt",
        warmup=settings["warmup"] or max(1, epochs * len(batches) // 10),
        clip_norm=settings["clip_norm"],
        betas=(0.9, 0.98),
        epsilon=1e-9,
    )

    def curve() -> tuple[LossCurve, list[Callback]]:
        losses = LossCurve({"valid": partial(mean_target_nats, batches=valid)})
        return losses, [ValidationBleu(losses, some, references, subwords)]

    make = partial(EncoderDecoder, len(subwords), **settings["model"])
    training = Training(
        recipe=recipe,
        model=make,
        prunable=list(make().prunable),
        loss=partial(TranslationLoss, settings["smoothing"]),
        batches=batches,
        curve=curve,
        seed=seed,
        device=where,
        identity=f"{identity} {sorted(settings.items())} {seed}",
        about={"heads": settings["model"]["heads"]},
    )
    return training, Rewinding(settings["retrain_epochs"])


def train_job(job: Any) -> None:
    """Train LTH0 or a chain of tickets, and deliver its files; resumes if killed.

    Args:
        job: Its wildcards hold the seed; its params training (of `training_of`), chain
            (`DENSE`: LTH0), iterations, prunings_at_once, device, threads and code; its
            inputs train, valid, subwords and, of a chain, dense (LTH0's files) and
            other (the magnitude chain's tickets, of the shuffled one); its outputs
            curve and weights.
    """
    seed, chain = int(job.wildcards.seed), job.params.chain
    read = [job.input.train, job.input.valid, job.input.subwords]
    data = [sha256(path) for path in read]
    texts = {name: read_text(job.input[name]) for name in ("train", "valid")}
    subwords = Subwords.load(job.input.subwords)
    settings, device = job.params.training, job.params.device
    training, rewinding = training_of(
        settings, texts, subwords, seed=seed, device=device, identity=" ".join(data)
    )
    # Before there is a state that could never be finished.
    check_rewinding(training.recipe, rewinding, len(training.batches))
    number = number_of(job.input.subwords)
    training = replace(training, about={**training.about, SUBWORDS: number})
    own = {"seed": seed, "training": settings, "threads": job.params.threads}
    own |= {"chain": chain, "at_once": job.params.prunings_at_once, "data": data}
    # Not of how many iterations: a longer chain goes on from a shorter one.
    named = [job.output.curve, job.output.weights[0]]
    folder = state_folder("state", named, code=job.params.code, **own)
    if chain == DENSE:
        curve = train_dense(training, rewinding, folder)
    else:
        if chain == "rewound":
            rewinding = replace(rewinding, of="weights")
        rates = [rate_of(job.params.prunings_at_once)] * job.params.iterations
        kind = Chain("magnitude" if chain == "rewound" else chain, rates)
        dense = Path(job.input.dense[0]).parent
        other = [Path(path) for path in job.input.other]
        curve = train_chain(training, rewinding, kind, dense, folder, other=other)
    prunings = curve["iteration"] * job.params.prunings_at_once
    write_table(curve.assign(prunings=prunings), job.output.curve)
    deliver(folder, job.output.weights)
    keep_delivered(folder)
