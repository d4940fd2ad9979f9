"""That chains of tickets are trained, pruned and broken off on a GPU as on a processor."""

from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from ontogeny.models.transformer import UNKNOWN, EncoderDecoder
from ontogeny.studies.lottery.chains import Chain, train_chain, train_dense
from ontogeny.studies.lottery.retraining import Rewinding, Training
from ontogeny.studies.lottery.tickets import read_ticket
from ontogeny.training.batches import Shuffled
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.recipe import Recipe
from ontogeny.translation.batches import PairBatch
from ontogeny.translation.decoding import beam_search, greedy
from ontogeny.translation.loss import TranslationLoss, mean_target_nats

pytestmark = pytest.mark.gpu

TYPES, SIZES = 60, {"layers": 2, "d": 32, "heads": 4, "inner": 48, "dropout": 0.1}
RATES = [Fraction(1, 5), Fraction(9, 25)]


def batches(device, number=6, pairs=16, time=7):
    draws = torch.Generator().manual_seed(0)
    shape = number, 3, pairs, time
    ids = torch.randint(UNKNOWN + 1, TYPES, shape, generator=draws).to(device)
    numbers = torch.arange(number * pairs).view(number, pairs)
    return [PairBatch(*sides, own) for sides, own in zip(ids, numbers, strict=True)]


@pytest.fixture
def training(device):
    read = batches(device)
    recipe = Recipe(
        optimiser="adam", schedule="inverse_sqrt", learning_rate=0.01, warmup=6,
        epochs=4, clip_norm=1.0,
    )  # fmt: skip
    return Training(
        recipe=recipe,
        model=lambda: EncoderDecoder(TYPES, **SIZES, norm="pre"),
        prunable=list(EncoderDecoder(TYPES, **SIZES, norm="pre").prunable),
        loss=TranslationLoss,
        batches=Shuffled(read, seed=3),
        curve=lambda: (
            LossCurve({"valid": lambda model: mean_target_nats(model, read)}),
            [],
        ),
        seed=1,
        device=torch.device(device),
        save_every_s=0.0,
    )


def chain(training, folder, kind="magnitude"):
    rewinding = Rewinding(2)
    train_dense(training, rewinding, folder / "dense")
    its = Chain(kind, RATES), folder / "dense", folder / kind
    return train_chain(training, rewinding, *its)


def test_pruned_weights_stay_pruned_and_the_same_bytes_come_again(training, tmp_path):
    first, again = (chain(training, tmp_path / name) for name in "ab")
    assert first.equals(again)
    for k in (1, 2):
        path = f"magnitude/ticket{k}.safetensors"
        assert (tmp_path / "a" / path).read_bytes() == (
            tmp_path / "b" / path
        ).read_bytes()
        ticket = read_ticket(tmp_path / "a" / path, training.prunable)
        left = sum(int(mask.sum()) for mask in ticket.masks.values())
        every = sum(mask.numel() for mask in ticket.masks.values())
        assert left / every == pytest.approx(0.8 if k == 1 else 0.8 * 0.64, abs=1e-3)
        for name, mask in ticket.masks.items():
            assert not ticket.weights[name][~mask].any()


def test_a_pruning_broken_off_ends_with_the_same_bytes(training, tmp_path, monkeypatch):
    whole = chain(training, tmp_path / "whole")
    step, left = torch.optim.Adam.step, [24 + 12 + 5]  # within the second iteration

    def break_off(self, *arguments, **options):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return step(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.Adam, "step", break_off)
        with pytest.raises(KeyboardInterrupt):
            chain(training, tmp_path / "broken")
    assert chain(training, tmp_path / "broken").equals(whole)
    files = [
        tmp_path / name / "magnitude/ticket2.safetensors"
        for name in ("whole", "broken")
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_losses_are_the_processors(training, device, tmp_path):
    short = replace(training, recipe=replace(training.recipe, epochs=2))
    here = replace(
        short, device=torch.device("cpu"), batches=Shuffled(batches("cpu"), seed=3)
    )
    losses = []
    for name, one in (("there", short), ("here", here)):
        # Dropout's draws differ between the two.
        curve = LossCurve(
            {"valid": lambda m, d=one.device: mean_target_nats(m, batches(d))}
        )
        same = replace(
            one,
            model=lambda: EncoderDecoder(
                TYPES, **{**SIZES, "dropout": 0.0}, norm="pre"
            ),
            curve=lambda own=curve: (own, []),
        )
        rows = train_dense(same, Rewinding(1), tmp_path / name)
        losses.append(rows["valid_loss_nats"].tolist())
    # Not weights: a key's bias has no gradient but rounding's, of which Adam makes steps.
    assert losses[0] == pytest.approx(losses[1], rel=2e-3)
    assert losses[1][-1] < losses[1][0]


def test_translations_and_maps_are_the_processors(device):
    torch.manual_seed(0)
    model = EncoderDecoder(TYPES, **SIZES, norm="pre").eval()
    source = batches("cpu", number=1)[0].source
    said = [found(model, source) for found in (greedy, beam_search)]
    model = model.to(device)
    for found, expected in zip((greedy, beam_search), said, strict=True):
        texts = [one.subwords for one in found(model, source.to(device))]
        same = sum(a == b.subwords for a, b in zip(texts, expected, strict=True))
        assert same >= 0.9 * len(texts)
