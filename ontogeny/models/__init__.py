"""Models: each names its sites and knows nothing of what is measured there."""

from ontogeny.models.lm import LanguageModel
from ontogeny.models.loss import IGNORED, OutputLoss, output_loss

__all__ = ["IGNORED", "LanguageModel", "OutputLoss", "output_loss"]
