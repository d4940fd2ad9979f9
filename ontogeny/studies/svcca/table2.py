"""Table 2 of thesis chapter 4: how well tag models do, beside the thesis's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ontogeny.studies.svcca.names import LEARNED_POINTS, TAGSETS

# Accuracy in percent and perplexity: label t + 1, label t, randomised.
# ASSUME: the randomised models are target taggers; the table does not say.
THESIS = {
    "upos": ((50, 4.3), (93, 1.2), (21, 8.9)),
    "xpos": ((51, 4.7), (95, 1.18), (14, 18.0)),
    "sem_coarse": ((55, 3.5), (91, 1.3), (22, 9.0)),
    "sem_fine": ((50, 5.6), (88, 1.45), (17, 21.5)),
    "topic": ((36, 19.1), (37, 16.3), (5, 81.5)),
}
ROWS = (
    ("target", False, 0),
    ("input", False, 1),
    ("target", True, 2),
    ("input", True, None),
)
MEANING = {
    ("target", False): "t + 1",
    ("input", False): "t",
    ("target", True): "t + 1, shuffled",
    ("input", True): "t, shuffled",
}


def table2(
    scores: pd.DataFrame, learned: Mapping[tuple[str, str], bool]
) -> pd.DataFrame:
    """Test accuracy and perplexity of every tag model, and the thesis's.

    Args:
        scores: Of `ontogeny.studies.svcca.tag_variants`.
        learned: By tagset and direction, whether models are better than their twins.

    Returns:
        Columns tagset, direction, shuffled, classes, train_tokens,
        valid_tokens, test_tokens, unseen_test_tokens, epochs, final_epoch,
        accuracy_percent, perplexity, thesis_accuracy_percent,
        thesis_perplexity (NaN where the thesis has none), learned (True of shuffled
        labels, of which nothing is asked). Rows in the thesis's
        order.

    Source: thesis ch. 4, table 2.
    """
    columns = ["classes", "train_tokens", "valid_tokens", "test_tokens"]
    columns += ["unseen_test_tokens", "epochs", "final_epoch", "perplexity"]
    by_model = {
        (row["tagset"], row["direction"], bool(row["shuffled"])): row
        for row in scores.to_dict("records")
    }
    rows = []
    for tagset in TAGSETS:
        for direction, shuffled, place in ROWS:
            score = by_model.get((tagset, direction, shuffled))
            if score is None:
                continue
            theirs = (np.nan,) * 2 if place is None else THESIS[tagset][place]
            rows.append(
                {"tagset": tagset, "direction": direction, "shuffled": shuffled}
                | {name: score[name] for name in columns}
                | {
                    "accuracy_percent": 100 * score["accuracy"],
                    "thesis_accuracy_percent": float(theirs[0]),
                    "thesis_perplexity": float(theirs[1]),
                    "learned": shuffled or learned[tagset, direction],
                }
            )
    return pd.DataFrame(rows)


def table2_markdown(table: pd.DataFrame) -> str:
    """Table 2 for a reader.

    Args:
        table: Of `table2`.
    """
    head = ["tagset", "predicts", "classes", "training tokens", "test tokens"]
    head += ["accuracy / perplexity", "thesis", "note"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for row in table.to_dict("records"):
        notes = []
        if row["unseen_test_tokens"]:
            unseen = row["unseen_test_tokens"]
            notes.append(f"{unseen} test tokens of classes that training lacks")
        if not row["learned"]:
            notes.append(
                f"not {LEARNED_POINTS} points better than shuffled: similarity to it "
                "says nothing of tags"
            )
        cells = [
            TAGSETS[row["tagset"]],
            MEANING[row["direction"], row["shuffled"]],
            str(row["classes"]),
            f"{row['train_tokens']:,}",
            f"{row['test_tokens']:,}",
            f"{row['accuracy_percent']:.1f} % / {row['perplexity']:.2f}",
            _theirs(row["thesis_accuracy_percent"], row["thesis_perplexity"]),
            "; ".join(notes),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _theirs(accuracy_percent: float, perplexity: float) -> str:
    return (
        "–"
        if np.isnan(accuracy_percent)
        else f"{accuracy_percent:.0f} % / {perplexity:g}"
    )
