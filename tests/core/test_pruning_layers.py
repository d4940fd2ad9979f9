"""Group lasso on bare matrices: closed form against autograd, and the cut."""

import pytest
import torch

from ontogeny.pruning.layers import (
    BLOCK,
    EPSILON,
    GROUPS,
    LayerWeights,
    add_penalty_gradient_,
    group_squares,
    threshold_layers_,
)


def layers(seed, *, inputs=7, hidden=(5, 5), output=11, zeros=0.3, dtype=torch.float64):
    """Matrices of a stack, of which some entries, rows and columns are 0."""
    generator = torch.Generator().manual_seed(seed)

    def matrix(rows, columns):
        drawn = torch.randn(rows, columns, generator=generator, dtype=dtype)
        kept = torch.rand(rows, columns, generator=generator) > zeros
        kept[torch.rand(rows, generator=generator) < zeros] = False
        kept[:, torch.rand(columns, generator=generator) < zeros] = False
        return drawn * kept

    below = [inputs, *hidden]
    of_input = [matrix(4 * h, below[n]) for n, h in enumerate(hidden)]
    readers = [*of_input[1:], matrix(output, hidden[-1])]
    return [
        LayerWeights(of_input[n], matrix(4 * h, h), readers[n])
        for n, h in enumerate(hidden)
    ]


def zeros_like(stack):
    """Gradients: a matrix that two layers share has one."""
    new = {id(matrix): torch.zeros_like(matrix) for layer in stack for matrix in layer}
    return [LayerWeights(*(new[id(matrix)] for matrix in layer)) for layer in stack]


def by_definition(stack, groups, lambda_group, lambda_l1, output):
    """The penalty, group by group, each a list of weights."""
    total = 0.0
    for layer in stack:
        hidden = layer.recurrent.shape[1]
        for unit in range(hidden):
            rows = [torch.cat([layer.input[q * hidden + unit], layer.recurrent[q * hidden + unit]]) for q in range(4)]  # fmt: skip
            column = torch.cat([layer.recurrent[:, unit], layer.reader[:, unit]])
            own = layer.recurrent[unit::hidden, unit]
            if groups == "wgn":
                norms = [(group**2).sum() for group in [*rows, column]]
            else:
                norms = [sum((group**2).sum() for group in [*rows, column])]
                norms[0] = norms[0] - (own**2).sum() * (groups == "iss")
            total = total + lambda_group * sum((n + EPSILON).sqrt() for n in norms)
    sized = [m for layer in stack for m in (layer.input, layer.recurrent)]
    sized += [stack[-1].reader] * output
    return total + lambda_l1 * sum(matrix.abs().sum() for matrix in sized)


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("hidden", [(5,), (5, 3), (4, 6, 2)])
@pytest.mark.parametrize("output", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_closed_form_is_the_gradient(groups, hidden, output, seed):
    stack = layers(seed, hidden=hidden)
    added = zeros_like(stack)
    for gradient in {id(m): m for layer in added for m in layer}.values():
        gradient.fill_(0.5)  # what is there stays
    add_penalty_gradient_(
        stack,
        added,
        groups=groups,
        lambda_group=0.3,
        lambda_l1=0.01,
        l1_on_output=output,
    )
    for matrix in (m for layer in stack for m in layer):
        matrix.requires_grad_(True)
    by_definition(stack, groups, 0.3, 0.01, output).backward()
    for layer, found in zip(stack, added, strict=True):
        for matrix, gradient in zip(layer, found, strict=True):
            torch.testing.assert_close(gradient - 0.5, matrix.grad, rtol=1e-12, atol=1e-13)  # fmt: skip


@pytest.mark.parametrize("groups", GROUPS)
def test_weights_that_are_0_have_no_gradient(groups):
    stack = [LayerWeights(*map(torch.zeros_like, layer)) for layer in layers(0)]
    added = zeros_like(stack)
    add_penalty_gradient_(stack, added, groups=groups, lambda_group=1, lambda_l1=1)
    assert not any(gradient.any() for layer in added for gradient in layer)


def test_blocks_of_a_large_matrix_are_all_reached():
    torch.manual_seed(0)
    rows = BLOCK // 2 + 7
    layer = LayerWeights(torch.randn(8, 3), torch.randn(8, 2), torch.randn(rows, 2))
    added = [LayerWeights(*map(torch.zeros_like, layer))]
    add_penalty_gradient_([layer], added, groups="wgn", lambda_group=0, lambda_l1=2)
    assert torch.equal(added[0].reader, 2 * layer.reader.sign())
    _, columns = group_squares(layer, "wgn")
    whole = layer.recurrent.square().sum(0) + layer.reader.square().sum(0)
    torch.testing.assert_close(columns, whole)


def test_other_groups_are_refused():
    with pytest.raises(ValueError, match="one of wgn, iss, iss_code, found 'w'"):
        group_squares(layers(0)[0], "w")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("value", [0.0, 1e-4, 0.5])
def test_the_cut_keeps_what_is_not_smaller(dtype, value):
    stack = layers(1, dtype=torch.float64)
    edge = torch.tensor(value, dtype=dtype)
    stack = [LayerWeights(*(m.to(dtype) for m in layer)) for layer in stack[:1]]
    for matrix in stack[0]:
        matrix[0, 0], matrix[0, 1] = edge, -edge
    expected = [torch.where(m.abs() < edge, 0, m) for m in stack[0]]
    threshold_layers_(stack, value)
    assert all(map(torch.equal, stack[0], expected))
    assert float(stack[0].input[0, 0]) == float(edge)


def test_the_cut_leaves_the_output_if_asked():
    stack = layers(1)
    reader = stack[-1].reader.clone()
    threshold_layers_(stack, 9.0, output=False)
    assert torch.equal(stack[-1].reader, reader)
    assert not any(m.any() for layer in stack for m in (layer.input, layer.recurrent))
