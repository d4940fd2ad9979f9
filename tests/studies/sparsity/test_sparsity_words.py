"""Word observations from the tables of the measuring pass."""

import numpy as np
import pandas as pd
import pytest

from ontogeny.studies.sparsity.words import Series, WordObservations

VOCABULARY = pd.DataFrame(
    {
        "id": [0, 1, 2, 3],
        "word": ["<eos>", "the", "cat", "<unk>"],
        "count": [9, 7, 3, 1],
        "special": [True, False, False, True],
    }
)
CLASSES = pd.DataFrame(
    {"word": [1], "word_class": ["closed"], "tag_entropy_nats": [0.25]}
)
CURVE = pd.DataFrame({"epoch": [0, 2, 4], "rescaled": [False, True, False]})
MEANS = pd.DataFrame(
    [
        (4, 40, "lstm2", "gradient", "target", 2, 5, 0, 0.4, 2.0),
        (0, 0, "lstm2", "gradient", "target", 1, 5, 0, 0.1, 1.0),
        (4, 40, "lstm2", "gradient", "target", 1, 0, 5, np.nan, np.nan),
        (0, 0, "embedding", "activation", "input", 2, 1, 0, 0.3, 3.0),
    ],
    columns=[
        "epoch", "step", "site", "quantity", "role", "word", "steps", "zeros",
        "concentration", "l1",
    ],
)  # fmt: skip


def test_rows_find_their_place():
    run = WordObservations.from_tables(MEANS, VOCABULARY, CLASSES, CURVE)
    assert run.words.tolist() == ["the", "cat"]
    assert run.counts.tolist() == [7, 3]
    assert run.classes.tolist() == ["closed", ""]
    np.testing.assert_array_equal(run.tag_entropy_nats, [0.25, np.nan])
    assert run.epochs.tolist() == [0, 4]
    assert run.rescalings == (2,)
    nan = np.nan
    series = Series("gradient", "h2", "target")
    np.testing.assert_array_equal(run.concentration[series], [[0.1, nan], [nan, 0.4]])
    np.testing.assert_array_equal(run.l1[series], [[1.0, nan], [nan, 2.0]])
    fed = run.concentration[Series("activation", "embedding", "input")]
    np.testing.assert_array_equal(fed, [[nan, 0.3], [nan, nan]])
    assert len(run.concentration) == len(run.l1) == 2


@pytest.mark.parametrize("word", [0, 3, 4, -1])
def test_means_of_special_or_unknown_tokens_are_refused(word):
    with pytest.raises(ValueError, match="not words"):
        WordObservations.from_tables(
            MEANS.assign(word=word), VOCABULARY, CLASSES, CURVE
        )
