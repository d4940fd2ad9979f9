"""Translations of the texts to test on, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from ontogeny.studies.lottery.translator import Translator
from ontogeny.translation.batches import compose_batches
from ontogeny.translation.bleu import bleu, bleu_signature, bleu_statistics, chrf
from ontogeny.translation.loss import mean_target_nats


def translate_models(
    models: Iterable[Translator],
    texts: Mapping[str, pa.Table],
    decoding: Mapping[str, Any],
    *,
    batch: int,
    prunings_at_once: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Translate texts with some models.

    Args:
        models: Each translates all texts.
        texts: By name (`ontogeny.studies.lottery.texts.Texts`).
        decoding: beam, length_penalty, test_pairs, detokenize and tokenize
            (`ontogeny.studies.lottery.settings.Lottery`).
        batch: Positions of a batch at most.
        prunings_at_once: Prunings of a fifth in an iteration.

    Returns:
        A row a model and text: prunings, test, pairs, bleu, chrf, loss_nats (of the
        reference, not smoothed), signature; and a row a pair: prunings, test, pair,
        translation, statistics (`bleu_statistics`).

    Source: Movva & Zhao (2020), table A1.
    """
    quality, sentences = [], []
    tokenize, written = decoding["tokenize"], _writer(decoding["detokenize"])
    for translator in models:
        prunings = translator.iteration * prunings_at_once
        device = next(translator.model.parameters()).device
        for name, whole in texts.items():
            text = whole.slice(0, decoding["test_pairs"])
            sources = [" ".join(words) for words in text["source_words"].to_pylist()]
            wanted = [written(words) for words in text["target_words"].to_pylist()]
            found = translator.translate(
                sources, beam=decoding["beam"], power=decoding["length_penalty"]
            )
            said = [written(one.split()) for one in found]
            statistics = bleu_statistics(said, wanted, tokenize=tokenize)
            batches = compose_batches(text, tokens=batch, device=device)
            of = {"prunings": prunings, "test": name}
            quality.append(
                {
                    **of,
                    "pairs": len(text),
                    "bleu": float(bleu(statistics.sum(axis=0))),
                    "chrf": chrf(said, wanted),
                    "loss_nats": mean_target_nats(translator.model, batches),
                    "signature": bleu_signature(tokenize),
                }
            )
            rows = {"pair": text["pair"].to_pylist(), "translation": said}
            rows |= {"statistics": list(statistics)}
            sentences.append(pd.DataFrame({**of, **rows}))
    return pd.DataFrame(quality), pd.concat(sentences, ignore_index=True)


def _writer(language: str | None) -> Callable[[Sequence[str]], str]:
    """What makes a sentence of words; Moses's escapes are undone with its blanks."""
    if language is None:
        return " ".join
    from sacremoses import MosesDetokenizer

    return MosesDetokenizer(lang=language).detokenize
