"""Whether a model has learned anything, from made-up curves."""

import numpy as np
import pandas as pd
import pytest

from ontogeny.statistics.learning import not_judged, unlearned


def curve(*losses):
    # Rows in another order: epochs tell which is the first and which the last.
    table = pd.DataFrame({"epoch": range(len(losses)), "valid_loss_nats": losses})
    return table.iloc[::-1]


@pytest.mark.parametrize("losses", [(6, 5.9), (6, 7, 5), (6, 6 - 1e-9)])
def test_a_model_that_ends_below_the_untrained_one_has_learned(losses):
    assert unlearned(curve(*losses)) == ""


@pytest.mark.parametrize(
    "losses", [(6, 6), (6, 5, 7), (6.2314, 24541), (6, np.nan), (6, np.inf), (6,)]
)
def test_a_model_that_does_not_has_not(losses):
    assert "no better than untrained" in unlearned(curve(*losses))


def test_only_seeds_that_have_learned_nothing_are_named():
    curves = {1: curve(6.2314, 4), 2: curve(6.2314, 10_964.2), 3: curve(6, 5)}
    assert not_judged(curves) == {
        2: "the language model ends no better than untrained: validation loss 10,964 "
        "nats after the last epoch, 6.23 before the first"
    }
