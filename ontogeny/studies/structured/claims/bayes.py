"""Claims about quality and how much is left, of Bayes: G12 to G25 (table 2)."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims.asking import BAYES, TEXTS, structured_claim
from ontogeny.studies.structured.claims.beside import in_table
from ontogeny.studies.structured.claims.run import TaskRun


@structured_claim(
    "G12",
    "Bayes: groups for neurons leave fewer neurons than weights alone (the paper's own "
    "table: not in word, L1)",
    "table 2",
    "n(W) − n(WN) > 0",
    roles=BAYES,
)
def g12(run: TaskRun) -> list[Statistic]:
    fewer = run.neurons("w").sum() - run.neurons("wn").sum()
    note = in_table(run, "neurons", "w", "wn", fewer)
    return [run.number("n(W) − n(WN)", fewer, above(0), note)]


@structured_claim(
    "G13",
    "… gates as groups fewer still",
    "table 2",
    "n(WN) − n(WGN) > 0",
    roles=BAYES,
)
def g13(run: TaskRun) -> list[Statistic]:
    fewer = run.neurons("wn").sum() - run.neurons("wgn").sum()
    note = in_table(run, "neurons", "wn", "wgn", fewer)
    return [run.number("n(WN) − n(WGN)", fewer, above(0), note)]


@structured_claim(
    "G14",
    "… and fewer gates",
    "table 2",
    "g(WN) − g(WGN) > 0",
    roles=BAYES,
)
def g14(run: TaskRun) -> list[Statistic]:
    fewer = run.gates("wn").sum() - run.gates("wgn").sum()
    note = in_table(run, "gates", "wn", "wgn", fewer)
    return [run.number("g(WN) − g(WGN)", fewer, above(0), note)]


@structured_claim(
    "G16",
    "quality does not drop",
    "table 2",
    "WGN against W: accuracy > −0.5 points; PP ratio < 1.01; bits < +0.01",
    roles=BAYES,
)
def g16(run: TaskRun) -> list[Statistic]:
    wgn, w = run.quality("wgn"), run.quality("w")
    if run.task.kind == "texts":
        return [statistic("test accuracy WGN − W (points)", wgn - w, above(-0.5))]
    if run.task.kind == "characters":
        return [statistic("test bits WGN − W", wgn - w, below(0.01))]
    return [statistic("test PP WGN / W", wgn / w, below(1.01))]


@structured_claim(
    "G17",
    "classification loses little against dense",
    "table 2",
    'accuracy D − WGN < "2.2" points (the table\'s largest)',
    roles=TEXTS,
    structure=True,
)
def g17(run: TaskRun) -> list[Statistic]:
    note = _beside_chance(run) if run.control else ""
    lost = run.quality("dense") - run.quality("wgn")
    part = "test accuracy D − WGN (points)"
    return [statistic(part, lost, below(2.2), note)]


def _beside_chance(run: TaskRun) -> str:
    """On the control language a classifier must stay at chance.

    Raises:
        Lacks: If it does, so that nothing is judged.
    """
    chance = 100 * float(run.counts("dense")["chance"])
    accuracy = run.quality("dense")
    low = float(np.quantile(accuracy[1:], 0.025))
    told = f"accuracy {accuracy[0]:.1f} %, the commonest class {chance:.1f} %"
    if not low > chance:
        raise Lacks(f"the control language has nothing to tell classes by: {told}")
    return f"above chance where there is nothing to tell classes by: {told}"


@structured_claim(
    "G19",
    '"usually only a small number of input words are important"',
    "Bayesian sparsification: setup",
    "remaining words < 10 % of the vocabulary, imdb",
    roles=("imdb",),
)
def g19(run: TaskRun) -> list[Statistic]:
    run.text()
    row = run.counts("wgn")
    share = row["words_remaining"] / row["words"]
    note = f"{row['words_remaining']:,.0f} of {row['words']:,.0f}"
    return [run.number("words that remain in WGN", share, below(0.1), note)]


@structured_claim(
    "G21",
    "sparse language models beat the dense one (word, char)",
    "table 2",
    "test PP or bits D − WGN > 0, D early stopped",
    roles=("char", "word"),
)
def g21(run: TaskRun) -> list[Statistic]:
    what = "bits" if run.task.kind == "characters" else "PP"
    better = run.quality("dense") - run.quality("wgn")
    return [statistic(f"test {what} D − WGN", better, above(0))]


@structured_claim(
    "G22",
    'dense networks "overfit for all our tasks"',
    "Bayesian sparsification: details",
    "validation loss last − best > 0 under Adam",
    roles=BAYES,
)
def g22(run: TaskRun) -> list[Statistic]:
    run.need("dense")
    curve = run.curve("dense")
    losses = curve["valid_loss_nats"]
    best = curve["epoch"].iloc[int(losses.argmin())]
    part = "validation loss, last epoch − best (nats)"
    note = f"best in epoch {best} of {curve['epoch'].iloc[-1]}"
    return [run.number(part, losses.iloc[-1] - losses.min(), above(0), note)]


@structured_claim(
    "G23",
    '"for the majority of weights" the signal-to-noise ratio tends to zero',
    "Bayesian framework: preliminaries",
    "share of all weights with SNR < 0.05 > 0.5",
    roles=BAYES,
)
def g23(run: TaskRun) -> list[Statistic]:
    # ASSUME: in every sparse network that was trained; the sentence is of all.
    some = [name for name in ("w", "wn", "wgn") if run.has(name)]
    if not some:
        raise Lacks("no sparse network was trained")
    return [
        run.number(
            f"weights with SNR < 0.05, {name.upper()}",
            run.counts(name)["low_snr_share"],
            above(0.5),
        )
        for name in some
    ]


@structured_claim(
    "G25",
    "Bayes needs many epochs",
    "extension: not a sentence of the paper",
    "first epoch at which n(WGN) is within 10 % of its end > a fifth of all",
    roles=BAYES,
)
def g25(run: TaskRun) -> list[Statistic]:
    run.text()
    run.need("wgn")
    curve = run.curve("wgn")
    layers = [f"neurons_{n}" for n in range(1, run.task.layers + 1)]
    neurons, epochs = curve[layers].sum(axis=1).to_numpy(), curve["epoch"].to_numpy()
    near = np.abs(neurons - neurons[-1]) <= 0.1 * neurons[-1]
    first = epochs[np.flatnonzero(near)[0]]
    note = f"epoch {first} of {epochs[-1]}"
    return [run.number("that epoch, of all", first / epochs[-1], above(0.2), note)]
