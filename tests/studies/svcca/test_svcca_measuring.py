"""Similarities over epochs, against arrays collected one document at a time."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from ontogeny.activations.views import read_views
from ontogeny.corpus.filtering import SPLITS
from ontogeny.errors import InputError
from ontogeny.measures.similarity.cca import compare
from ontogeny.models import LanguageModel
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.domains import held_out
from ontogeny.studies.svcca.measuring import Study, measure_similarity
from ontogeny.studies.svcca.tag_model import TagModel
from ontogeny.studies.svcca.tag_views import open_views, record_views
from ontogeny.studies.svcca.variants import VARIANTS
from ontogeny.training.callbacks import METADATA
from ontogeny.training.documents import DocumentStream
from ontogeny.training.recipe import Recipe

TYPES, CLASSES = 30, 5
RECIPE = Recipe(embedding=6, hidden=8)
TOKENS = {"articles": 900, "xpos": 400}
OWN = {"upos": "articles", "xpos": "xpos"}


def text(tokens, seed):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "split": np.repeat([0, 2], tokens).astype("int8"),
            "document": np.arange(2 * tokens) // 72,
            "sentence": np.arange(2 * tokens) // 9,
            "id": rng.integers(0, TYPES, 2 * tokens).astype("int32"),
        }
    )


def keep(model, path, epoch=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {METADATA: json.dumps({"epoch": epoch, "step": 10 * epoch})}
    save_file(model.state_dict(), path, about)
    return path


def models(kind, *arguments, number):
    torch.manual_seed(number)
    return [kind(*arguments, embedding=6, hidden=8) for _ in range(number)]


@pytest.fixture(scope="module", params=["lstm", "gru"])
def made(request, gru, tmp_path_factory):
    """A study with two epochs, another seed and tag models of two tagsets."""
    kind = {"lstm": LanguageModel, "gru": gru}[request.param]
    folder = tmp_path_factory.mktemp("study")
    texts = {name: text(n, seed) for seed, (name, n) in enumerate(TOKENS.items())}
    domains = {name: held_out(table, name) for name, table in texts.items()}
    language = models(kind, TYPES, number=3)
    weights = [
        keep(m, folder / f"epoch{e}.safetensors", e) for e, m in enumerate(language)
    ]
    names, of_views, vectors, moments, taggers = [], [], [], [], {}
    for tagset, own in OWN.items():
        taggers[tagset] = models(TagModel, TYPES, CLASSES, number=len(VARIANTS))
        paths = [
            keep(m, folder / tagset / f"{v.name}.safetensors")
            for m, v in zip(taggers[tagset], VARIANTS, strict=True)
        ]
        for domain in dict.fromkeys(["articles", own]):
            base = folder / "views" / domain / tagset
            names += [(domain, tagset, v.name) for v in VARIANTS]
            of_views += paths
            vectors += [base / f"{v.name}.parquet" for v in VARIANTS]
            moments += [base / f"{v.name}.safetensors" for v in VARIANTS]
    record_views(
        RECIPE, of_views, domains, names, vectors=vectors, moments=moments, device="cpu"
    )
    study = Study(domains, open_views(names, vectors, moments), OWN, ["svcca", "pwcca"])
    table = measure_similarity(language[0], weights[:2], study, other_seed=weights[2])
    fresh = models(kind, TYPES, number=3)
    return {"table": table, "texts": texts, "language": fresh, "taggers": taggers,
            "study": study, "weights": weights, "files": (names, vectors, moments)}  # fmt: skip


def plain_views(model, table):
    """Every token's vectors in text order, each document (sentence) read alone."""
    part = table[table["split"] == SPLITS.index("test")].reset_index(drop=True)
    found = {site: [] for site in model.sites}
    unit = "sentence" if isinstance(model, TagModel) else "document"
    for _, document in part.groupby(unit):
        ids = document["id"].to_numpy()
        whole = DocumentStream(ids, ids, ids * 0, batch=1, window=10**6)
        (views,) = read_views(model, whole)
        for site, rows in views.vectors.items():
            found[site].append(rows)
    return {site: torch.cat(rows) for site, rows in found.items()}


def rows_of(made, **where):
    table = made["table"]
    for name, value in where.items():
        table = table[table[name] == value]
    return table


@pytest.mark.parametrize("preset", ["svcca", "pwcca"])
@pytest.mark.parametrize(
    ("tagset", "domain"), [("upos", "articles"), ("xpos", "articles"), ("xpos", "xpos")]
)
def test_scores_are_those_of_plain_arrays(made, tagset, domain, preset):
    found = rows_of(
        made, comparison="tagger", domain=domain, tagset=tagset, preset=preset, epoch=1
    )
    assert len(found) == len(VARIANTS) * 3
    language = plain_views(made["language"][1], made["texts"][domain])
    for variant, model in zip(VARIANTS, made["taggers"][tagset], strict=True):
        tagger = plain_views(model, made["texts"][domain])
        own = found[
            (found["direction"] == variant.direction)
            & (found["shuffled"] == variant.shuffled)
        ]
        for row in own.itertuples():
            expected = compare(language[row.site], tagger[row.other_site], preset)
            assert row.score == pytest.approx(expected.score, abs=1e-6)
            assert (row.kept_a, row.kept_b) == (expected.kept_a, expected.kept_b)
            assert row.tokens == TOKENS[domain]


def test_language_models_are_compared_with_their_end_their_twin_and_themselves(made):
    one, last, twin = (
        plain_views(m, made["texts"]["articles"]) for m in made["language"]
    )
    for comparison, other in (("self", last), ("seed", twin)):
        found = rows_of(made, comparison=comparison, preset="svcca", epoch=0)
        for row in found.itertuples():
            assert row.score == pytest.approx(
                compare(one[row.site], other[row.site]).score, abs=1e-6
            )
        assert found["site"].tolist() == list(made["language"][0].sites)
    found = rows_of(made, comparison="layers", preset="svcca", epoch=0)
    e, h1, h2 = made["language"][0].sites
    pairs = found[["site", "other_site"]].itertuples(index=False, name=None)
    assert list(pairs) == [(e, h1), (h1, h2), (e, h2)]
    for row in found.itertuples():
        assert row.score == pytest.approx(
            compare(one[row.site], one[row.other_site]).score, abs=1e-6
        )
    assert rows_of(made, comparison="self", epoch=1)["score"].tolist() == pytest.approx(
        [1] * 6
    )


def test_matched_rows_have_about_as_many_tokens_as_the_own_domain(made):
    matched = rows_of(made, comparison="tagger matched")
    assert set(matched["tagset"]) == {"xpos"}
    assert (
        abs(matched["tokens"] - TOKENS["xpos"]).max()
        < TOKENS["articles"] / SENTENCE_GROUPS
    )
    assert set(matched["domain"]) == {"articles"}


def test_influence_foretells_the_score_without_a_group(made):
    found = rows_of(
        made, comparison="tagger", domain="articles", preset="svcca", epoch=0
    )
    influence = np.vstack(found["influence"])
    assert influence.shape[1] == SENTENCE_GROUPS
    assert np.allclose(influence.sum(axis=1), 0, atol=1e-12)
    assert rows_of(made, preset="pwcca")["influence"].isna().all()


def test_a_missing_checkpoint_is_named(made, tmp_path):
    absent = tmp_path / "epoch7.safetensors"
    with pytest.raises(InputError, match="epoch7"):
        measure_similarity(
            made["language"][0],
            [*made["weights"][:1], absent],
            made["study"],
            other_seed=None,
        )


def test_views_of_other_tokens_are_refused(made):
    domains = {
        **made["study"].domains,
        "articles": held_out(made["texts"]["articles"], "another"),
    }
    study = Study(domains, made["study"].tag_views, OWN, ["svcca"])
    with pytest.raises(InputError, match="token"):
        measure_similarity(
            made["language"][0], made["weights"][:1], study, other_seed=None
        )


def measure_from(made, names, vectors, moments):
    study = Study(
        made["study"].domains, open_views(names, vectors, moments), OWN, ["svcca"]
    )
    return measure_similarity(
        made["language"][0], made["weights"][:1], study, other_seed=None
    )


@pytest.mark.parametrize("which", [0, 1])
def test_a_damaged_file_is_named(made, which, tmp_path):
    names, *files = made["files"]
    damaged = tmp_path / "torn"
    damaged.write_bytes(files[which][0].read_bytes()[:-200])
    files[which] = [damaged, *files[which][1:]]
    with pytest.raises(InputError, match=r"torn is truncated or damaged"):
        measure_from(made, names, *files)


def test_vectors_of_another_model_or_text_are_refused(made):
    names, vectors, moments = made["files"]
    exchanged = [vectors[1], vectors[0], *vectors[2:]]
    with pytest.raises(InputError, match=r"different models or tokens"):
        open_views(names, exchanged, moments)
