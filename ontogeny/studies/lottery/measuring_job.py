"""A job that holds the models of a chain, or a null, beside LTH0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import torch

from ontogeny.annotation.treebanks import READERS
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.attending import (
    NO_ALIGNMENT,
    Alignment,
    Attending,
    alignment_of,
    guess_by_position,
)
from ontogeny.studies.lottery.categories import (
    COLUMNS,
    category_table,
    frequency_bins,
)
from ontogeny.studies.lottery.grouped import grouped_batches, groups_of
from ontogeny.studies.lottery.measuring import Text, compare_chain
from ontogeny.studies.lottery.names import (
    ANOTHER,
    LAST_ANALYSED,
    UNTRAINED,
    WITH_NULL,
)
from ontogeny.studies.lottery.tagged import Tagged, tagged_text
from ontogeny.studies.lottery.translator import load_ticket
from ontogeny.translation.pairs import ENCODED
from ontogeny.translation.subwords import Subwords


def measure(
    compared: str,
    dense: str,
    models: Sequence[str],
    *,
    text: pa.Table,
    train: pa.Table,
    others: Sequence[pa.Table],
    subwords: str,
    tagged: Mapping[str, Sequence[str]],
    semantics: str,
    sizes: Mapping[str, Any],
    seed: int,
    measured_pairs: int,
    prunings_at_once: int,
    resamples: int,
    batch: int,
    longest: int,
) -> dict[str, pd.DataFrame]:
    """All tables of a chain or a null (`ontogeny.studies.lottery.names.TABLES`).

    Args:
        compared: The chain, `ANOTHER` or `UNTRAINED`.
        dense: LTH0's file.
        models: The others', in order; of `UNTRAINED` none.
        text: Pairs, of which the first are read
            (`ontogeny.studies.lottery.texts.Texts`).
        train: What LTH0 was trained on, for frequencies.
        others: Further pairs whose sources similarities by frequency are of, too: of
            the rarest subwords one text has too few.
        subwords: Their file.
        tagged: Files of texts with labels, by xpos and sem.
        semantics: Reader of the second.
        sizes: Of an untrained model.
        seed: Of untrained models.
        measured_pairs: So many.
        prunings_at_once: Prunings of a fifth in an iteration.
        resamples: Of the bootstraps.
        batch: Positions of a batch at most.
        longest: Subwords of a tagged sentence at most.
    """
    units = Subwords.load(subwords)
    # Those beyond what the paper analyses are only translated with.
    last = LAST_ANALYSED // prunings_at_once
    paths = [dense, *models[:last]]
    prunings = [0, *(prunings_at_once * n for n in range(1, len(paths)))]
    of_chain = compared not in (ANOTHER, UNTRAINED)
    if not of_chain:
        prunings = [0, 0]

    # Those of one pass over the text at a time, of which LTH0 is always one.
    @lru_cache(maxsize=8)
    def load(at: int) -> EncoderDecoder:
        if compared == UNTRAINED:
            torch.manual_seed(2 * seed + at)
            return EncoderDecoder(len(units), **sizes).eval()
        return load_ticket(Path(paths[at]), subwords).model

    read = text.slice(0, measured_pairs)
    groups = groups_of(read["pair"].to_numpy())
    batches = grouped_batches(read, groups, tokens=max(batch, longest + 1))
    weights = resampling_weights(SENTENCE_GROUPS, resamples)
    alignments = _alignments(read, units)
    watches = [Attending(number, groups, alignments) for number in prunings]
    tables = compare_chain(
        prunings,
        load,
        Text(batches, groups, weights),
        watches.__getitem__,
        chain=of_chain,
        even=compared == "magnitude",
    )
    asked = watches if of_chain else watches[1:]
    tables["peaked"] = pd.concat([one.peaked() for one in asked], ignore_index=True)
    aligned = [one.alignment() for one in asked]
    if compared == UNTRAINED and alignments:
        aligned.append(guess_by_position(alignments, groups))
    tables["alignment"] = pd.concat([NO_ALIGNMENT, *aligned], ignore_index=True)
    tables["categories"] = pd.DataFrame(columns=COLUMNS)
    if compared in WITH_NULL:
        whole = pa.concat_tables([one.select(ENCODED.names) for one in [text, *others]])
        numbers = pa.array(range(len(whole)), pa.int32())
        whole = whole.set_column(0, "pair", numbers)
        by_rank = groups_of(numbers.to_numpy())
        tables["categories"] = category_table(
            [load(0), load(len(prunings) - 1)],
            prunings[-1],
            grouped_batches(whole, by_rank, tokens=max(batch, longest + 1)),
            by_rank,
            frequency_bins(train["source"].to_pandas(), len(units)),
            _tagged(tagged, semantics, units, longest=longest, tokens=batch),
            weights,
        )
    return tables


def _alignments(text: pa.Table, subwords: Subwords) -> dict[int, Alignment]:
    """Of a generated corpus, by the pairs' numbers; else none."""
    if "aligned_source" not in text.column_names:
        return {}
    found = {}
    for row in text.to_pylist():
        source, target = (
            subwords.encode(row[f"{side}_words"])[1] for side in ("source", "target")
        )
        links = zip(row["aligned_source"], row["aligned_target"], strict=True)
        found[row["pair"]] = alignment_of(source, target, list(links))
    return found


def _tagged(
    files: Mapping[str, Sequence[str]],
    semantics: str,
    subwords: Subwords,
    *,
    longest: int,
    tokens: int,
) -> list[Tagged]:
    how = {"xpos": ("xpos", "xpos"), "sem": (semantics, "sem_fine")}
    found = []
    for by, paths in files.items():
        reader, tagset = how[by]
        sentences = chain.from_iterable(READERS[reader](Path(path)) for path in paths)
        found.append(
            tagged_text(
                by, tagset, sentences, subwords,
                longest=longest, tokens=max(tokens, longest + 1),
            )
        )  # fmt: skip
    return found
