"""Tests that need a GPU, on machines that have little else: no Snakemake, no spaCy."""

import pytest
import torch


@pytest.fixture
def device():
    """A GPU, chosen as trainings choose theirs."""
    if not torch.cuda.is_available():
        pytest.skip("needs a GPU: PyTorch sees none here")
    from ontogeny.training.devices import choose_device

    return choose_device("cuda")
