"""Learning rates by their closed forms, and optimisers that go on after a kill."""

import copy
import itertools

import pytest
import torch

from ontogeny.errors import InputError
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.loop import Callback, Run
from ontogeny.training.optimisers import averaged, make_optimiser
from ontogeny.training.recipe import Recipe
from ontogeny.training.schedule import make_schedule

STEPS = 3
SCHEDULES = {
    "stall": {},
    "after_epochs": {"divide_after": [1], "divide_every": True},
    "inverse_sqrt": {"warmup": 4},
    "constant": {},
}
OPTIMISERS = {
    "sgd": {"momentum": 0.9, "weight_decay": 0.01},
    "adam": {"betas": (0.9, 0.98), "epsilon": 1e-9, "weight_decay": 0.01},
    "asgd": {"average_after": 2, "weight_decay": 0.01},
}
PAIRS = list(itertools.product(OPTIMISERS, SCHEDULES))


def recipe_of(optimiser="sgd", schedule="stall", **keys):
    return Recipe(
        **{
            "optimiser": optimiser,
            "schedule": schedule,
            "learning_rate": 0.5,
            "epochs": 4,
            **OPTIMISERS[optimiser],
            **SCHEDULES[schedule],
            **keys,
        }
    )


class Squares:
    """½‖w − target‖², with noise of the run's own random numbers."""

    def __call__(self, model, batch, step):
        noise = torch.randn_like(model.weight)
        return {"loss_nats": ((model.weight - batch - 0.1 * noise) ** 2).sum() / 2}

    def start_epoch(self):
        pass

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


class Notes(Callback):
    """Notes each step's learning rate; leaves after one of them, with the state."""

    def __init__(self, leave_after=None):
        self.rates, self.leave_after = [], leave_after

    def after_step(self, run):
        self.rates.append(run.optimiser.param_groups[0]["lr"])
        if run.step == self.leave_after:
            self.state = copy.deepcopy(run.state_dict())
            raise KeyboardInterrupt


def run_of(recipe, losses=lambda model: 1.0, notes=None, batches=None):
    torch.manual_seed(1)
    model = torch.nn.Linear(2, 3, bias=False)
    batches = batches or [torch.full((3, 2), float(n)) for n in range(STEPS)]
    return Run(
        model,
        Squares(),
        batches,
        make_optimiser(recipe, model.parameters()),
        epochs=recipe.epochs,
        clip_norm=recipe.clip_norm,
        callbacks=[LossCurve({"valid": losses}), notes or Notes()],
        schedule=make_schedule(recipe, len(batches)),
    )


def rates(run):
    run.train()
    return run.callbacks[1].rates


def test_a_constant_rate_is_constant():
    run = run_of(recipe_of(schedule="constant"))
    assert set(rates(run)) == {0.5}
    assert not any(row["rescaled"] for row in run.callbacks[0].rows)


def test_a_stalled_rate_is_divided_after_the_epoch():
    losses = iter([9, 5, 6, 4, 4])
    run = run_of(recipe_of(divide_by=2), lambda model: next(losses))
    assert rates(run) == [0.5] * 6 + [0.25] * 6
    assert run.optimiser.param_groups[0]["lr"] == 0.125
    marked = [row["rescaled"] for row in run.callbacks[0].rows]
    assert marked == [False, False, True, False, True]


@pytest.mark.parametrize(
    ("after", "every", "expected"),
    [
        ([1, 3], False, [0.5, 0.25, 0.25, 0.125]),
        ([2], True, [0.5, 0.5, 0.25, 0.125]),
        ([9], True, [0.5] * 4),
    ],
)
def test_a_rate_is_divided_after_given_epochs(after, every, expected):
    keys = {"divide_by": 2, "divide_after": after, "divide_every": every}
    run = run_of(recipe_of(schedule="after_epochs", **keys))
    assert rates(run) == [rate for rate in expected for _ in range(STEPS)]
    rows = run.callbacks[0].rows
    assert [row["learning_rate"] for row in rows] == [0.5, *expected]
    falls = [a != b for a, b in itertools.pairwise(expected)]
    assert [row["rescaled"] for row in rows[1:-1]] == falls


def test_warm_up_is_the_transformer_s():
    d, warmup, factor = 512, 5, 0.7
    recipe = recipe_of(
        "adam",
        "inverse_sqrt",
        warmup=warmup,
        learning_rate=factor * (d * warmup) ** -0.5,
    )
    run = run_of(recipe)
    assert rates(run) == pytest.approx(
        [factor * d**-0.5 * min(s**-0.5, s * warmup**-1.5) for s in range(1, 13)]
    )
    assert max(run.callbacks[1].rates) == recipe.learning_rate
    rows = run.callbacks[0].rows
    # The untrained row tells the first step's, every other its last step's.
    assert rows[0]["learning_rate"] == run.callbacks[1].rates[0]
    assert rows[1]["learning_rate"] == run.callbacks[1].rates[STEPS - 1]


@pytest.mark.parametrize("schedule", ["after_epochs", "inverse_sqrt", "constant"])
def test_a_rewound_rate_is_that_of_the_step(schedule):
    recipe = recipe_of(schedule=schedule)
    once = rates(run_of(recipe))
    again = run_of(recipe)
    again.train()
    again.schedule.jump(2 * STEPS + 1)
    again.epochs += 2
    again.train()
    assert again.callbacks[1].rates == once + once[2 * STEPS :]
    assert again.step == 6 * STEPS


def test_what_follows_from_losses_is_not_rewound():
    with pytest.raises(InputError, match=r"^schedule: stall cannot be rewound"):
        run_of(recipe_of()).schedule.jump(1)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"schedule": "cosine"}, "schedule: must be stall, .* found cosine"),
        ({"schedule": "after_epochs"}, "divide_after: must be epochs from 1 on"),
        ({"schedule": "after_epochs", "divide_after": [3, 2]}, r"found \[3, 2\]"),
        ({"optimiser": "lion"}, "optimiser: must be sgd, adam or asgd, found lion"),
        ({"optimiser": "adam", "momentum": 0.9}, "momentum: is of sgd alone, not of a"),
    ],
)
def test_a_recipe_s_mistake_is_told(keys, sentence):
    with pytest.raises(InputError, match=sentence):
        run_of(Recipe(**keys))


@pytest.mark.parametrize(("optimiser", "schedule"), PAIRS)
@pytest.mark.parametrize("step", [1, 4, 9])
def test_a_resumed_run_ends_bit_for_bit(optimiser, schedule, step):
    recipe = recipe_of(optimiser, schedule)
    whole = run_of(recipe)
    whole.train()
    killed = run_of(recipe, notes=Notes(leave_after=step))
    with pytest.raises(KeyboardInterrupt):
        killed.train()
    state = killed.callbacks[1].state
    killed.train()  # what it goes on with is not the state's
    resumed = run_of(recipe)
    torch.manual_seed(99)
    resumed.load_state_dict(state)
    resumed.train()
    assert str(resumed.state_dict()) == str(whole.state_dict())
    assert torch.equal(resumed.model.weight, whole.model.weight)
    one, two = (
        [value for state in run.optimiser.state.values() for value in state.values()]
        for run in (whole, resumed)
    )
    assert all(map(torch.equal, map(torch.as_tensor, one), map(torch.as_tensor, two)))
    assert resumed.callbacks[1].rates == whole.callbacks[1].rates[step:]


def test_asgd_steps_as_sgd_at_the_schedule_s_rate_and_averages():
    """Its own step size would follow the schedule a step late."""
    keys = {"weight_decay": 0.0, "momentum": 0.0}
    plain = run_of(recipe_of("sgd", "inverse_sqrt", **keys))
    plain.train()
    weights = []
    run = run_of(recipe_of("asgd", "inverse_sqrt", **keys))
    run.callbacks[1].after_step = lambda r: weights.append(r.model.weight.clone())
    run.train()
    torch.testing.assert_close(run.model.weight, plain.model.weight)
    last = run.model.weight.clone()
    with averaged(run.optimiser):
        # The first of the average is the step after `average_after`, the third.
        torch.testing.assert_close(
            run.model.weight, torch.stack(weights[3:]).mean(0), atol=1e-6, rtol=0
        )
    assert torch.equal(run.model.weight, last)


def test_averages_are_what_is_measured_and_nothing_else_has_any():
    seen = []
    run = run_of(
        recipe_of("asgd"), lambda model: seen.append(model.weight.clone()) or 1
    )
    run.train()
    assert not torch.equal(seen[-1], run.model.weight)
    with averaged(run.optimiser):
        assert torch.equal(seen[-1], run.model.weight)
    run = run_of(recipe_of("adam"))
    run.train()
    before = run.model.weight.clone()
    with averaged(run.optimiser):
        assert torch.equal(run.model.weight, before)


def test_without_clipping_the_gradient_is_whole():
    steps = {}
    for norm in (None, 1e9, 0.01):
        run = run_of(recipe_of(schedule="constant", clip_norm=norm, epochs=1))
        run.train()
        steps[norm] = run.model.weight
    assert torch.equal(steps[None], steps[1e9])
    assert not torch.equal(steps[None], steps[0.01])
