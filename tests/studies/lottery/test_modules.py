"""Where weights were pruned."""

import math

import pytest
import torch

from ontogeny.models.transformer import EncoderDecoder
from ontogeny.pruning import all_remain, prune_random
from ontogeny.studies.lottery.modules import overlap, pruned_by_matrix
from ontogeny.studies.lottery.sparsities import sparsity_by


@pytest.fixture
def model():
    return EncoderDecoder(9, layers=2, d=4, heads=2, inner=8)


@pytest.fixture
def masks(model):
    return all_remain({name: model.get_parameter(name) for name in model.prunable})


def test_every_matrix_has_a_row_and_a_share(model, masks):
    masks["decoder.1.cross_attention.v.weight"][0] = False
    masks["encoder.0.fc1.weight"][:, 1] = False
    table = pruned_by_matrix(masks, model.prunable)
    # Attention: 4 of 16 weights, once in the encoder, twice in the decoder; fc: 2 of 32.
    assert len(table) == 2 * (4 + 2) + 2 * (8 + 2)
    assert table["weights"].sum() == 2 * (4 * 16 + 2 * 32) + 2 * (8 * 16 + 2 * 32)
    shares = sparsity_by(table, ["stack", "layer", "kind"])
    assert shares["decoder", 2, "cross"] == 4 / 64
    assert shares["encoder", 1, "fc"] == 8 / 64
    assert shares.sum() == 4 / 64 + 8 / 64
    by_matrix = sparsity_by(table, ["kind", "matrix"])
    assert by_matrix["cross", "v"] == 4 / 32
    pruned = table[table["pruned"] > 0].set_index("matrix")
    assert pruned["dead_rows"].to_dict() == {"fc1": 0, "v": 1}
    assert pruned["dead_columns"].to_dict() == {"fc1": 1, "v": 0}


def test_masks_that_have_nothing_in_common_overlap_as_chance_has_it(masks):
    draws = torch.Generator().manual_seed(0)
    a, b = (prune_random(masks, 200, draws) for _ in range(2))
    found, chance = overlap(a, b)
    assert chance == pytest.approx(200 / 640, abs=0.03)
    assert found == pytest.approx(chance, abs=0.1)
    assert overlap(a, a)[0] == 1
    later = prune_random(a, 100, draws)
    assert overlap(a, later)[0] == 1
    assert overlap(later, a)[0] == pytest.approx(200 / 300)
    assert all(math.isnan(number) for number in overlap(masks, a))
