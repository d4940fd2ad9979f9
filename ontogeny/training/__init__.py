"""Training: one plain loop, callbacks, a state that survives a kill."""

from ontogeny.training.callbacks import Curve, KeepWeights, Progress
from ontogeny.training.devices import choose_device, use_threads
from ontogeny.training.language_model import Recipe, train_language_model
from ontogeny.training.loop import Callback, Loss, Run
from ontogeny.training.state import SaveState, restore
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats

__all__ = [
    "Callback",
    "Curve",
    "KeepWeights",
    "Loss",
    "Progress",
    "Recipe",
    "Run",
    "SaveState",
    "Stream",
    "StreamLoss",
    "choose_device",
    "mean_loss_nats",
    "restore",
    "train_language_model",
    "use_threads",
]
