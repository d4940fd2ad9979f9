"""Similarities of a translation model of another library, from a folder made here."""

import numpy as np
import pytest
import torch

from ontogeny.similarity import (
    attention_rows,
    attention_similarity,
    linear_cka,
    neuron_matches,
    spectrum,
)

PAD = 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small Marian model with weights of a seed, as such models are published."""
    from transformers import MarianConfig, MarianMTModel

    config = MarianConfig(
        vocab_size=40, d_model=16, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=24,
        decoder_ffn_dim=24, pad_token_id=PAD, eos_token_id=1, bos_token_id=2,
        decoder_start_token_id=PAD, max_position_embeddings=32,
    )  # fmt: skip
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("marian")
    MarianMTModel(config).save_pretrained(folder)
    return folder


def read(folder, scale=1.0):
    """Activations and maps of a model, perhaps changed, and what is no padding."""
    from transformers import MarianMTModel

    model = MarianMTModel.from_pretrained(folder, attn_implementation="eager").eval()
    draws = torch.Generator().manual_seed(1)
    source = torch.randint(3, 40, (12, 9), generator=draws)
    source[:5, 6:] = PAD
    target = torch.randint(3, 40, (12, 7), generator=draws)
    with torch.no_grad():
        for weight in model.model.encoder.layers.parameters():
            weight.mul_(scale)
        found = model(
            input_ids=source,
            attention_mask=(source != PAD).long(),
            decoder_input_ids=target,
            output_hidden_states=True,
            output_attentions=True,
        )
    return found, source != PAD


def test_layers_neurons_and_maps_of_a_marian_model(folder):
    (dense, there), (other, _) = read(folder), read(folder, 1.5)
    a, b = (one.encoder_hidden_states[-1][there] for one in (dense, other))
    assert 0.3 < linear_cka(a, b) < 1
    matches = neuron_matches(a, b, signed=True)
    assert matches.correlation.shape == matches.index.shape == (16,)
    assert np.mean(matches.index == np.arange(16)) > 0.5
    assert 1 <= spectrum(a).least(0.8) <= 16

    # Padding is no key and no query.
    visible = there[:, :, None] & there[:, None, :]
    maps = [one.encoder_attentions[0] for one in (dense, other)]
    rows = attention_rows(maps[0], visible)
    assert rows.shape == (int(visible.sum()), 2)
    assert attention_similarity(maps[0], maps[0], visible) == pytest.approx(1)
    assert attention_similarity(*maps, visible) < 1


def test_what_a_causal_mask_makes_alike_is_taken_off(folder):
    found, _ = read(folder)
    first, second = found.decoder_attentions
    visible = torch.ones(first.shape[0], *first.shape[2:], dtype=torch.bool).tril()
    plain = attention_similarity(first, second, visible)
    adjusted = attention_similarity(first, second, visible, adjusted=True)
    assert adjusted < 0.5 < plain
