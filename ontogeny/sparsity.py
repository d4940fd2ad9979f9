"""How concentrated vectors are, and whether that goes with words' frequency.

    import numpy as np
    from ontogeny.sparsity import concentration, frequency_correlation

    v = np.random.default_rng(0).normal(size=(1000, 200))
    chi = concentration(v)
    frequency_correlation(chi, counts=np.arange(1, 1001))

These names are the package's interface; the modules behind them may move.
Importing this loads no torch.
"""

from ontogeny.measures.concentration import concentration, gini, hoyer
from ontogeny.measures.frequency import (
    FrequencyCorrelation,
    frequency_correlation,
    frequency_correlations,
)
from ontogeny.measures.matching import MatchedSamples, Sample, matched_samples
from ontogeny.statistics.bootstrap import (
    percentile_interval,
    resampling_weights,
    weighted_pearson,
)

__all__ = [
    "FrequencyCorrelation",
    "MatchedSamples",
    "Sample",
    "concentration",
    "frequency_correlation",
    "frequency_correlations",
    "gini",
    "hoyer",
    "matched_samples",
    "percentile_interval",
    "resampling_weights",
    "weighted_pearson",
]
