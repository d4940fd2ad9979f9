"""How alike two representations of the same tokens are.

`compare` (canonical correlations: SVCCA and its relatives), `linear_cka` and
`neuron_similarity` take two arrays, or the sums that stand for them: one
`Moments` per view and one `CrossMoments` per pair, streamed in blocks.
Importing this loads no torch.
"""

from ontogeny.similarity.cca import PRESETS, Similarity, compare
from ontogeny.similarity.cka import linear_cka
from ontogeny.similarity.moments import CrossMoments, Moments
from ontogeny.similarity.neurons import neuron_similarity
from ontogeny.similarity.rows import Rows

__all__ = [
    "PRESETS",
    "CrossMoments",
    "Moments",
    "Rows",
    "Similarity",
    "compare",
    "linear_cka",
    "neuron_similarity",
]
