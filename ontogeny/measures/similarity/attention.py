"""Similarity of attention maps: what each head gives each key that it can see."""

from __future__ import annotations

from typing import Any

import array_api_compat

from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.measures.similarity.rows import is_tensor
from ontogeny.statistics.arrays import as_array


def attention_rows(maps: Any, visible: Any, *, adjusted: bool = False) -> Any:
    """The cells of attention maps as vectors, with a head as a unit.

    Every row of a map sums to 1, so maps that share nothing but their mask are alike
    where queries see different numbers of keys: two untrained decoders by 0.7 (ours).
    Adjusted, each cell is what uniform attention does not give: α − 1 / visible keys.

    Args:
        maps: α, shape (pairs, heads, queries, keys), numpy array or torch tensor. Cells
            that are not visible may hold anything, NaN too.
        visible: Whether a query can see a key, bool, shape (pairs, queries, keys): no
            padding of either side, and in a decoder none to the query's right.
        adjusted: Whether uniform attention is subtracted.

    Returns:
        Shape (cells, heads), the cells in the order of `visible`: for `Moments.update`,
        or with those of another model's maps for `attention_similarity`.

    Raises:
        ValueError: If the shapes or kinds do not fit.

    Source: Movva & Zhao (2020), §5.4; adjusted: ours.

    >>> import numpy as np
    >>> maps = np.array([[[[1.0, 0.0], [0.25, 0.75]]]])
    >>> causal = np.array([[[True, False], [True, True]]])
    >>> attention_rows(maps, causal).tolist()
    [[1.0], [0.25], [0.75]]
    >>> attention_rows(maps, causal, adjusted=True).tolist()
    [[0.0], [-0.25], [0.25]]
    """
    maps, visible = as_array(maps), as_array(visible)
    pairs, _, *cells = maps.shape
    if visible.shape != (pairs, *cells):
        raise ValueError(
            f"visible of shape {tuple(visible.shape)} does not fit maps of shape "
            f"{tuple(maps.shape)}"
        )
    xp = array_api_compat.array_namespace(maps)
    if not (is_tensor(visible) == is_tensor(maps) and visible.dtype == xp.bool):
        raise ValueError("visible must be of bool, a tensor if the maps are one")
    rows = xp.permute_dims(maps, (0, 2, 3, 1))[visible]
    if not adjusted:
        return rows
    keys = xp.sum(xp.astype(visible, maps.dtype), axis=-1)[..., None]
    seen = xp.broadcast_to(keys, visible.shape)[visible]
    return rows - 1 / seen[:, None]


def attention_similarity(
    a: Any, b: Any, visible: Any, *, adjusted: bool = False
) -> float:
    """Linear CKA of two attention maps, over the cells that are visible.

    Args:
        a: Shape (pairs, heads_a, queries, keys); see `attention_rows`.
        b: Shape (pairs, heads_b, queries, keys), of the same pairs.
        visible: See `attention_rows`, the same for both.
        adjusted: Likewise.

    Returns:
        In [0, 1].

    Raises:
        InputError: As for `linear_cka`.
        ValueError: If the shapes do not fit.

    Source: Movva & Zhao (2020), §5.1: AttentionSim.

    >>> import numpy as np
    >>> maps = np.random.default_rng(0).dirichlet(np.ones(4), size=(5, 2, 4))
    >>> all_visible = np.ones((5, 4, 4), dtype=bool)
    >>> round(attention_similarity(maps, maps[:, ::-1], all_visible), 6)
    1.0
    """
    rows = (attention_rows(maps, visible, adjusted=adjusted) for maps in (a, b))
    return linear_cka(*rows)
