"""The four models of a tagset: tags of the next or this word, true or shuffled."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.annotation.labels import UNLABELLED, shuffle_labels, target_labels
from ontogeny.annotation.texts import Text
from ontogeny.corpus.filtering import SPLITS
from ontogeny.disk.files import read_table, write_table
from ontogeny.errors import InputError
from ontogeny.running.states import is_delivered
from ontogeny.statistics.groups import SENTENCE_GROUPS, resampling_groups
from ontogeny.studies.svcca.tag_training import (
    LabelledTokens,
    score,
    tag_model,
    train_tag_model,
)
from ontogeny.studies.svcca.variants import VARIANTS, Variant
from ontogeny.training.devices import choose_device
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)

SCORES = "scores.parquet"


def derived_seed(*identity: Any) -> int:
    """A seed from names and numbers, alike on every machine.

    Models must not begin alike: one seed for all would give a tag model and a
    language model the same random embedding, and similarity for nothing.

    >>> derived_seed("upos", 1) == derived_seed("upos", 1) != derived_seed("upos", 2)
    True
    """
    return int.from_bytes(sha256(repr(identity).encode()).digest()[:4])


def variant_tokens(
    text: Text, tagset: str, variant: Variant, *, seed: int
) -> dict[str, LabelledTokens]:
    """The splits of a text as a variant sees them.

    Shuffled labels are those of the training tokens alone: such a model is
    validated and tested on true labels.

    Args:
        text: Of `ontogeny.annotation.texts`.
        tagset: A column of the text.
        variant: Which direction, and whether shuffled.
        seed: Of the permutation.
    """
    found = {}
    for number, split in enumerate(SPLITS):
        tokens = text.tokens[text.tokens["split"] == number]
        labels = tokens[tagset].to_numpy().astype(np.int64)
        sentences = tokens["sentence"].to_numpy()
        if variant.direction == "target":
            labels = target_labels(labels, sentences)
        if variant.shuffled and split == "train":
            labels = shuffle_labels(labels, seed)
        found[split] = LabelledTokens(tokens["id"].to_numpy(), labels, sentences)
    return found


def train_variants(
    recipe: Recipe,
    text: Text,
    tagset: str,
    *,
    types: int,
    rescalings: int,
    seed: int,
    folder: Path,
    device: str = "auto",
    identity: str = "",
) -> pd.DataFrame:
    """Train the variants of a tagset and score each on the test part.

    The final weights of each go to `folder/{name}.safetensors`, the table that is
    returned to `folder/scores.parquet`. Called again after a kill, it goes on; where
    all of it is there (`ontogeny.running.states`), nothing is trained.

    Args:
        recipe: The language model's, with the taggers' number of epochs.
        text: Of the tagset's domain.
        tagset: A column of the text.
        types: Size of the vocabulary.
        rescalings: Divisions of the learning rate after which training ends.
        seed: Of which those of the variants are made.
        folder: Where weights and states are kept meanwhile.
        device: "cpu", "cuda" or "auto".
        identity: Name of data, recipe and seed, of which those of the variants are
            made; "": none.

    Returns:
        One row per variant: tagset, direction, shuffled, epochs, final_epoch,
        rescalings, classes, train_tokens, valid_tokens, test_tokens (labelled
        ones), unseen_test_tokens (of a class that training lacks), accuracy,
        perplexity (test), and by resampling group tokens and correct.

    Raises:
        InputError: If a model diverges; names it. If the folder is another's.
    """
    if is_delivered(folder, identity):
        return read_table(folder / SCORES)
    classes = int((text.classes["tagset"] == tagset).sum())
    rows = []
    for variant in VARIANTS:
        own_seed = derived_seed(tagset, *variant, seed)
        splits = variant_tokens(text, tagset, variant, seed=own_seed)
        try:
            curve = train_tag_model(
                recipe,
                splits,
                types=types,
                classes=classes,
                rescalings=rescalings,
                seed=own_seed,
                folder=folder / variant.name,
                device=device,
                identity=identity and recipe.identity([identity], own_seed),
            )
        except InputError as error:
            raise InputError(f"Tag model {tagset}, {variant.name}: {error}") from error
        model = tag_model(recipe, types, classes).to(choose_device(device))
        load_weights(model, final_weights(folder, variant))
        rows.append(
            {"tagset": tagset, **variant._asdict(), "classes": classes}
            | _training(curve)
            | _test(model, recipe, splits, text)
        )
        weights = final_weights(folder, variant)
        deliver(weights.parent, [folder / weights.name])
    scores = pd.DataFrame(rows)
    write_table(scores, folder / SCORES)
    return scores


def final_weights(folder: Path, variant: Variant) -> Path:
    """Where a variant's final weights are kept until they are delivered."""
    return folder / variant.name / f"{variant.name}.safetensors"


def drop_variants(folder: Path) -> None:
    """Drop the variants' states, which hold every epoch's weights.

    Args:
        folder: As given to `train_variants`.
    """
    for variant in VARIANTS:
        shutil.rmtree(folder / variant.name, ignore_errors=True)


def _training(curve: pd.DataFrame) -> dict[str, int]:
    final = int(curve.loc[curve["final"], "epoch"].iloc[0])
    trained = {"epochs": int(curve["epoch"].max()), "final_epoch": final}
    logger.info("Epoch %d of %d is final.", final, trained["epochs"])
    return trained | {"rescalings": int(curve["rescaled"].sum())}


def _test(
    model, recipe: Recipe, splits: Mapping[str, LabelledTokens], text: Text
) -> dict[str, Any]:
    """Accuracy and perplexity on the test part, and the counts behind them."""
    test = splits["test"]
    device = model.decoder.weight.device
    correct, nats = score(model, test.stream(recipe, device), len(test.ids))
    labelled = test.labels != UNLABELLED
    sentences = text.tokens["sentence"][text.tokens["split"] == SPLITS.index("test")]
    groups = resampling_groups(sentences.to_numpy())
    seen = np.isin(test.labels, splits["train"].labels)
    counts = {
        f"{split}_tokens": int((tokens.labels != UNLABELLED).sum())
        for split, tokens in splits.items()
    }
    return counts | {
        "unseen_test_tokens": int((labelled & ~seen).sum()),
        "accuracy": float(correct[labelled].mean()),
        "perplexity": float(np.exp(nats[labelled].mean(dtype=float))),
        "tokens": np.bincount(groups[labelled], minlength=SENTENCE_GROUPS),
        "correct": np.bincount(groups[labelled & correct], minlength=SENTENCE_GROUPS),
    }
