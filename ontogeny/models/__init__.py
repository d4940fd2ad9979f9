"""Models: each names its sites and knows nothing of what is measured there."""

from ontogeny.models.lm import LanguageModel
from ontogeny.models.loss import IGNORED, OutputLoss, output_loss
from ontogeny.models.model import AtSite, Model, SiteModel, leave
from ontogeny.models.state import State, map_state

__all__ = [
    "IGNORED",
    "AtSite",
    "LanguageModel",
    "Model",
    "OutputLoss",
    "SiteModel",
    "State",
    "leave",
    "map_state",
    "output_loss",
]
