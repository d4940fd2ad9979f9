"""Tickets as models again: to read, to measure and to translate with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import torch

from ontogeny.errors import InputError
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.pruning.masks import Masks
from ontogeny.running.sums import check_sums
from ontogeny.studies.lottery.tickets import (
    SUBWORDS,
    number_of,
    read_about,
    read_ticket,
)
from ontogeny.translation.batches import compose_batches
from ontogeny.translation.decoding import beam_search
from ontogeny.translation.pairs import ENCODED
from ontogeny.translation.subwords import Subwords

BATCH = 2_048
"""Positions of sentences that are translated together."""


class Translator(NamedTuple):
    """A model and its subwords.

    Attributes:
        model: In evaluation mode.
        subwords: Of both languages.
        masks: Which of the prunable weights remain; None: of LTH0.
        iteration: How often it was retrained, pruned before or not.
    """

    model: EncoderDecoder
    subwords: Subwords
    masks: Masks | None
    iteration: int

    def translate(
        self, sentences: Sequence[str], *, beam: int = 4, power: float = 0.6
    ) -> list[str]:
        """Translate sentences.

        Args:
            sentences: Words between blanks, as in the text that was learned from:
                lowercased where that was.
            beam: See `ontogeny.translation.decoding.beam_search`.
            power: Likewise.

        Returns:
            A translation each, words between blanks.

        Raises:
            InputError: If a sentence is no text or has no word, or the scores are not
                finite.
        """
        if isinstance(sentences, str):
            raise InputError("translate takes a list of sentences: found one text.")
        for number, sentence in enumerate(sentences, 1):
            if not isinstance(sentence, str):
                raise InputError(
                    f"Sentence {number} is no text, but {type(sentence).__name__}: "
                    "give its words between blanks."
                )
        ids = [self.subwords.encode(sentence.split())[0] for sentence in sentences]
        empty = next((n for n, one in enumerate(ids, 1) if not len(one)), 0)
        if empty:
            raise InputError(f"Sentence {empty} has no word to translate.")
        if not ids:
            return []
        numbers = range(len(ids))
        table = pa.table([pa.array(numbers, pa.int32()), ids, ids], schema=ENCODED)
        longest = max(map(len, ids)) + 1
        found = [""] * len(ids)
        device = next(self.model.parameters()).device
        tokens = max(BATCH, longest)
        for batch in compose_batches(table, tokens=tokens, device=device):
            said = beam_search(self.model, batch.source, beam=beam, power=power)
            for number, one in zip(batch.pairs.tolist(), said, strict=True):
                found[number] = " ".join(self.subwords.decode(one.subwords))
        return found


def load_ticket(
    path: str | Path,
    subwords: str | Path | None = None,
    *,
    device: torch.device | str = "cpu",
) -> Translator:
    """Read a model that the study has kept, dense or pruned.

    Args:
        path: `results/<corpus>/lottery/<chain>/seed<s>/ticket<k>.safetensors`.
        subwords: Its subwords; None: those of the same run, `texts/subwords.json`.
        device: That it runs on.

    Raises:
        InputError: If a file is missing or damaged, or no ticket, or the subwords are
            another's.
    """
    path = Path(path)
    check_sums([path])
    weights, about = read_ticket(path, None).weights, read_about(path)
    if "embedding.weight" not in weights:
        raise InputError(f"{path} is no ticket: it holds no model (ticket<k> does).")
    if subwords is None:
        subwords = _of_the_same_run(path)
    check_sums([subwords])
    units = Subwords.load(subwords)
    types, d = weights["embedding.weight"].shape
    of_ticket = about.get(SUBWORDS)
    if types != len(units) or of_ticket not in (None, number_of(subwords)):
        raise InputError(
            f"{subwords} ({len(units):,} subwords) and {path} ({types:,}) are of "
            "different runs: give the ticket's own subwords."
        )
    model = EncoderDecoder(
        types,
        layers=sum(name.endswith("cross_attention.q.bias") for name in weights),
        d=d,
        heads=about["heads"],
        inner=len(weights["encoder.0.fc1.bias"]),
        dropout=0.0,
        norm="pre" if "encoder_norm.weight" in weights else "post",
    )
    model.load_state_dict(weights)
    masks = read_ticket(path, list(model.prunable)).masks
    return Translator(model.to(device).eval(), units, masks, about["iteration"])


def _of_the_same_run(path: Path) -> Path:
    """Where the workflow has the subwords of a ticket.

    Raises:
        InputError: If there are none.
    """
    found = path.resolve().parent.parent.parent / "texts" / "subwords.json"
    if not found.is_file():
        raise InputError(
            f"No subwords are known for {path}: it does not lie in results/<corpus>/"
            "lottery/<chain>/seed<s>. Give its subwords."
        )
    return found
