"""How alike two representations of the same tokens are.

`compare` (canonical correlations: SVCCA and its relatives), `linear_cka`,
`neuron_similarity` and `neuron_matches` take two arrays, or the sums that stand for
them: one `Moments` per view and one `CrossMoments` per pair, streamed in blocks.
`spectrum` takes one view, and `attention_rows` makes views of attention maps.

    import numpy as np
    from ontogeny.similarity import compare

    v = np.random.default_rng(0).normal(size=(1000, 200))
    compare(v, np.tanh(v), preset="svcca").score

These names are the package's interface; the modules behind them may move.
Importing this loads no torch.
"""

from ontogeny.measures.similarity.attention import (
    attention_rows,
    attention_similarity,
)
from ontogeny.measures.similarity.cca import PRESETS, Similarity, compare
from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.neurons import (
    Matches,
    neuron_matches,
    neuron_similarity,
)
from ontogeny.measures.similarity.null import calibrated, null_score
from ontogeny.measures.similarity.rows import Rows
from ontogeny.measures.similarity.spectrum import Spectrum, spectrum

__all__ = [
    "PRESETS",
    "CrossMoments",
    "Matches",
    "Moments",
    "Rows",
    "Similarity",
    "Spectrum",
    "attention_rows",
    "attention_similarity",
    "calibrated",
    "compare",
    "linear_cka",
    "neuron_matches",
    "neuron_similarity",
    "null_score",
    "spectrum",
]
