"""How concentrated activations and gradients are, word by word, while learning.

Importing this loads no torch. Tables: see `tables` (correlations) and `figures`
(what each figure draws).
"""

from ontogeny.sparsity.bootstrap import (
    percentile_interval,
    resampling_weights,
    weighted_pearson,
)
from ontogeny.sparsity.correlation import (
    FrequencyCorrelation,
    frequency_correlation,
    frequency_correlations,
)
from ontogeny.sparsity.figures import checks, figure2, figure3, figure4, figure5
from ontogeny.sparsity.matching import MatchedSamples, Sample, matched_samples
from ontogeny.sparsity.measures import concentration, gini, hoyer
from ontogeny.sparsity.subsets import HEADLINE, Subset, word_subsets
from ontogeny.sparsity.tables import MIN_WORDS, across_seeds, correlations
from ontogeny.sparsity.words import Series, WordObservations

__all__ = [
    "HEADLINE",
    "MIN_WORDS",
    "FrequencyCorrelation",
    "MatchedSamples",
    "Sample",
    "Series",
    "Subset",
    "WordObservations",
    "across_seeds",
    "checks",
    "concentration",
    "correlations",
    "figure2",
    "figure3",
    "figure4",
    "figure5",
    "frequency_correlation",
    "frequency_correlations",
    "gini",
    "hoyer",
    "matched_samples",
    "percentile_interval",
    "resampling_weights",
    "weighted_pearson",
    "word_subsets",
]
