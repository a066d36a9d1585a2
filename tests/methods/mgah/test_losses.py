"""EM-Softmax (equation 9): known answers, gradients, invariants."""

import itertools
import math

import pytest
import torch
from torch.nn import functional

from mgah.methods.mgah.losses import classifier_logits, em_softmax, linear_growth

ZERO = torch.tensor([0])


def loss(logits, beta, target=ZERO):
    return em_softmax(torch.tensor([logits], dtype=torch.float64), target, beta).item()


@pytest.mark.parametrize(
    ("logits", "beta", "expected"),
    [
        ((1, 0, 0), 1, 0.5514447139),
        ((1, 0, 0), 2, 0.2395447662),
        ((1, 0, 0), 5, 0.0133859017),
        ((-1, 0, 0), 1, 1.8619948041),
        ((-1, 0, 0), 2, 2.7586236757),
        ((-1, 0, 0), 5, 5.6965104918),
        ((0,) * 9, 1, math.log(9)),
        ((0,) * 9, 5, math.log(9)),
        ((2,) * 9, 1, math.log(9)),
        ((2,) * 9, 5, 0.0026801063),
    ],
)
def test_known_answers(logits, beta, expected):
    assert loss(logits, beta) == pytest.approx(expected, abs=1e-10)


def test_equals_the_equation_written_with_exponentials():
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 4, generator=random, dtype=torch.float64)
    target = torch.tensor([0, 3, 1, 2, 2])
    total = 0.0
    for row, true in zip(logits.tolist(), target.tolist(), strict=True):
        others = sum(math.exp(value) for k, value in enumerate(row) if k != true)
        magnified = math.exp(2.5 * row[true])
        total -= math.log(magnified / (magnified + others))
    assert em_softmax(logits, target, 2.5).item() == pytest.approx(total / 5, rel=1e-12)


def test_beta_one_is_cross_entropy_in_value_and_gradient():
    logits = torch.randn(6, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    target = torch.arange(6) % 5
    ours, stock = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    em_softmax(ours, target, 1).backward()
    functional.cross_entropy(stock, target).backward()
    torch.testing.assert_close(ours.grad, stock.grad)


@pytest.mark.parametrize(("true_logit", "sign"), [(0.7, -1), (-0.7, 1), (0.0, 0)])
def test_the_loss_falls_in_beta_only_where_the_true_logit_is_positive(true_logit, sign):
    values = [loss((true_logit, 0.2, -0.1), beta) for beta in (1, 2, 4)]
    assert [(b > a) - (b < a) for a, b in itertools.pairwise(values)] == [sign, sign]


def test_gradient_is_minus_beta_times_the_miss_on_the_true_logit():
    beta, logits = 3.0, torch.tensor([[0.3, -0.2, 0.5]], dtype=torch.float64, requires_grad=True)
    em_softmax(logits, ZERO, beta).backward()
    magnified = logits.detach() * torch.tensor([beta, 1, 1])
    p = magnified.softmax(dim=1)[0]
    torch.testing.assert_close(logits.grad[0], torch.stack([-beta * (1 - p[0]), p[1], p[2]]))
    assert logits.grad.sum().item() == pytest.approx(((1 - beta) * (1 - p[0])).item())


def test_gradcheck_in_double():
    logits = torch.randn(
        4, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64, requires_grad=True
    )
    assert torch.autograd.gradcheck(lambda s: em_softmax(s, torch.tensor([0, 1, 2, 1]), 4.0), (logits,))


@pytest.mark.parametrize("extreme", [1e4, -1e4])
def test_finite_at_extreme_logits(extreme):
    assert math.isfinite(loss((extreme, 0, 0), 5))


def test_beta_is_as_exact_as_the_logits():
    """A factor rounded to float32 would be wrong from the eighth digit on."""
    beta = 1.1
    expected = math.log(math.exp(0.7 * beta) + math.exp(0.2)) - 0.7 * beta
    assert loss((0.7, 0.2), beta) == pytest.approx(expected, abs=1e-15)
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        assert em_softmax(torch.tensor([[0.7, 0.2]], dtype=dtype), ZERO, beta).dtype == dtype


def test_stacked_logits_give_one_mean_a_model():
    logits = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(3))
    target = torch.tensor([[0, 1, 2, 3], [4, 3, 2, 1], [0, 0, 0, 0]])
    expected = torch.stack([em_softmax(s, t, 2.0) for s, t in zip(logits, target, strict=True)])
    torch.testing.assert_close(em_softmax(logits, target, 2.0), expected)


def test_a_common_classifier_row_counts_only_above_beta_one_and_not_when_centered():
    random = torch.Generator().manual_seed(4)
    codes, weight = torch.randn(1, 6, 8, generator=random), torch.randn(1, 3, 8, generator=random)
    shifted = weight + torch.randn(1, 1, 8, generator=random)
    target = (torch.arange(6) % 3).unsqueeze(0)

    def value(w, beta, center):
        return em_softmax(classifier_logits(codes, w, center=center), target, beta).item()

    assert value(weight, 1, False) == pytest.approx(value(shifted, 1, False), rel=1e-5)
    assert value(weight, 3, False) != pytest.approx(value(shifted, 3, False), rel=1e-3)
    assert value(weight, 3, True) == pytest.approx(value(shifted, 3, True), rel=1e-4)


def test_schedules_start_and_end_at_their_values():
    assert [linear_growth(1, 10, progress) for progress in (0, 0.5, 1)] == [1, 5.5, 10]
