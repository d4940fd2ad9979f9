"""Word classes: the part of speech that most occurrences of a word carry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import entr

from ontogeny.tagging.upos import CLOSED, OPEN, UPOS


def tag_counts(
    ids: npt.ArrayLike,
    tags: npt.ArrayLike,
    types: int,
    *,
    out: npt.NDArray[np.int64] | None = None,
) -> npt.NDArray[np.int64]:
    """Count how often each word carries each tag.

    A corpus is counted in pieces by handing the result back as `out`, which
    is added to in place.

    Args:
        ids: Word ids, shape (words,), in [0, types).
        tags: Indices into UPOS, shape (words,); a negative one marks a token
            without a tag, which is not counted.
        types: Size of the vocabulary.
        out: Earlier counts, contiguous, shape (types, 17), int64.

    Returns:
        Shape (types, 17), `out` itself where given.

    Raises:
        ValueError: If the shapes differ, or an id or a tag is out of range.

    >>> counts = tag_counts([0, 1], [7, 15], types=2)
    >>> counts = tag_counts([0, 0], [7, -1], types=2, out=counts)
    >>> counts.sum(axis=1).tolist(), int(counts[0, UPOS.index("NOUN")])
    ([2, 1], 2)
    """
    ids, tags = np.asarray(ids, np.int64), np.asarray(tags, np.int64)
    if ids.ndim != 1 or ids.shape != tags.shape:
        raise ValueError(f"ids {ids.shape} and tags {tags.shape} must be one line each")
    if out is None:
        out = np.zeros((types, len(UPOS)), np.int64)
    if out.shape != (types, len(UPOS)) or out.dtype != np.int64:
        raise ValueError(f"out must be int64 ({types}, {len(UPOS)}), got {out.shape}")
    if not out.flags.c_contiguous:
        raise ValueError("out must be contiguous, or the counts would be lost")
    if ids.size and (ids.min() < 0 or ids.max() >= types):
        raise ValueError(f"word ids must lie in [0, {types})")
    if tags.size and tags.max() >= len(UPOS):
        raise ValueError(f"tags must be indices into the {len(UPOS)} of UPOS")
    tagged = tags >= 0
    np.add.at(out.reshape(-1), ids[tagged] * len(UPOS) + tags[tagged], 1)
    return out


def word_classes(
    counts: npt.NDArray[np.integer], *, min_count: int = 100
) -> pd.DataFrame:
    """The part of speech and the class of every word, from its training tags.

    A word's part of speech is the tag carried by more than half of its tagged
    occurrences and by at least `min_count` of them; exactly half is not a
    majority. Its class is open (ADJ ADV INTJ NOUN PROPN VERB), closed (ADP AUX
    CCONJ DET PART PRON SCONJ) or neither (NUM PUNCT SYM X, or no part of
    speech).

    Args:
        counts: Occurrences in the training split, shape (types, 17), as from
            `tag_counts`.
        min_count: Fewest occurrences with the majority tag.

    Returns:
        One row per word: `word` (id), `pos` ("" where none), `word_class`
        ("open", "closed" or ""), `tagged` (occurrences), `majority_share` (of
        the commonest tag, in [1/17, 1]) and `tag_entropy_nats` (of the word's
        distribution over tags, in [0, ln 17]); the last two are NaN for a word
        never tagged.

    Raises:
        ValueError: If `counts` has another shape.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, §3, "The Role of Part of
    Speech".

    >>> counts = np.zeros((1, 17), np.int64)
    >>> counts[0, [UPOS.index("VERB"), UPOS.index("NOUN")]] = 300, 100
    >>> word_classes(counts)[["pos", "word_class", "tagged", "majority_share"]]
        pos word_class  tagged  majority_share
    0  VERB       open     400            0.75
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[1] != len(UPOS):
        raise ValueError(f"need counts of shape (types, {len(UPOS)}): {counts.shape}")
    tagged = counts.sum(axis=1)  # (types,)
    majority = counts.max(axis=1)
    # ASSUME: "the majority (at least 100) of its occurrences" asks both: more
    # than half of them, and 100 with that tag; the paper could also be read as
    # 100 occurrences in all.
    has_pos = (2 * majority > tagged) & (majority >= max(min_count, 1))
    pos = np.where(has_pos, np.array(UPOS, object)[counts.argmax(axis=1)], "")
    shares = counts / np.where(tagged, tagged, np.nan)[:, None]  # (types, 17)
    return pd.DataFrame(
        {
            "word": np.arange(len(counts)),
            "pos": pos,
            "word_class": [_word_class(tag) for tag in pos],
            "tagged": tagged,
            "majority_share": shares.max(axis=1),
            "tag_entropy_nats": entr(shares).sum(axis=1),
        }
    )


def _word_class(pos: str) -> str:
    if pos in OPEN:
        return "open"
    return "closed" if pos in CLOSED else ""
