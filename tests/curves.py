"""Learning curves for the tests of claims."""

import pandas as pd

UNTRAINED = 6.2314
UNLEARNED = (
    "the language model ends no better than untrained: validation loss 10,964 nats "
    "after the last epoch, 6.23 before the first"
)


def curve_to(end):
    """From the untrained loss to another, in nats, by way of a lower one."""
    losses = [UNTRAINED, 3.0, end]
    return pd.DataFrame({"epoch": range(3), "valid_loss_nats": losses})
