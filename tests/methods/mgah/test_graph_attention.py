"""The graph branch: equations 3 to 8 against loops, and its invariants."""

import math

import numpy as np
import pytest
import torch

from mgah.methods.mgah.graph_attention import (
    GraphAttention,
    GraphWeights,
    normalized,
    random_graph_start,
    softmax_attention,
)
from mgah.methods.mgah.neighborhoods import neighbor_classes

D, L, K, N, CLASSES = 7, 5, 4, 9, 3


@pytest.fixture
def case():
    random = np.random.default_rng(0)
    start = random_graph_start(D, L, K, random)
    start.attention *= 4  # so that relu cuts some pairs and not others
    similarity = np.array([[1, 0.4, -0.3], [0.4, 1, 0.2], [-0.3, 0.2, 1]])
    features = random.standard_normal((N, D)).astype(np.float32)
    codes = np.tanh(random.standard_normal((N, K))).astype(np.float32)
    labels = np.array([0, 1, 2, 0, 1, 2, 0, 0, 2])
    return start, similarity, features, codes, labels


def graph(starts, similarity, **changes):
    options = {"alpha": 0.3, "shortcut": 0.9, "neighborhood": "class", "detach_neighbors": False} | changes
    return GraphAttention(starts, similarity, **options)


def tensors(*arrays):
    return [torch.from_numpy(array) for array in arrays]


def by_loops(start: GraphWeights, similarity, features, codes, labels, alpha, shortcut):
    """Equations 3 to 8 as they stand, one pair and one entry at a time."""
    h = features @ start.latent_weight.T + start.latent_bias
    w_a = np.concatenate([start.attention[0], start.attention[1]])
    s = np.zeros((N, N))
    for i in range(N):
        for j in range(N):
            fixed = max(0.0, similarity[labels[i], labels[j]])
            score = w_a @ np.concatenate([h[i], h[j]])
            adaptive = 1 / (1 + math.exp(-max(0.0, score))) if labels[i] == labels[j] else 0.0
            s[i, j] = alpha * fixed + (1 - alpha) * adaptive
    d = np.diag(1 / np.sqrt(s.sum(axis=1)))
    mixed = np.tanh(d @ s @ d @ codes @ start.layer)
    return s, shortcut * codes + (1 - shortcut) * mixed


@pytest.mark.parametrize(
    ("neighborhood", "edges"),
    [
        ({"neighborhood": "similar"}, [[1, 1, 0], [1, 1, 1], [0, 1, 1]]),
        ({"neighborhood": "similar", "neighbor_similarity": 0.3}, [[1, 1, 0], [1, 1, 0], [0, 0, 1]]),
        ({"neighborhood": "nearest", "neighbor_count": 2}, [[1, 1, 0], [1, 1, 0], [0, 1, 1]]),
        ({"neighborhood": "nearest", "neighbor_count": 9}, [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
    ],
)
@pytest.mark.parametrize("attention", ["rectified", "sigmoid", "softmax"])
def test_neighborhoods_and_attentions_equal_loops(case, neighborhood, edges, attention):
    start, similarity, features, _, labels = case
    branch = graph([start], similarity, **neighborhood, attention=attention)
    computed = branch.attention_graph(*tensors(features, labels))[0].detach().numpy()
    h = features @ start.latent_weight.T + start.latent_bias
    for i in range(N):
        scores = {j: start.attention[0] @ h[i] + start.attention[1] @ h[j] for j in range(N)}
        kept = [j for j in range(N) if edges[labels[i]][labels[j]]]
        leaky = {j: score if score > 0 else 0.2 * score for j, score in scores.items()}
        total = sum(math.exp(leaky[j]) for j in kept)
        for j in range(N):
            weight = {
                "rectified": 1 / (1 + math.exp(-max(0.0, scores[j]))),
                "sigmoid": 1 / (1 + math.exp(-scores[j])),
                "softmax": len(kept) * math.exp(leaky[j]) / total,
            }[attention]
            assert computed[i, j] == pytest.approx(weight if j in kept else 0, abs=1e-6)
    if attention == "sigmoid":
        assert computed[computed > 0].min() < 0.4, "below the least that rectified attention can be"


def test_softmax_attention_by_hand():
    """Products 1 and -1 become 1 and -0.2; the second image has one neighbor, itself."""
    products = torch.tensor([[[1.0, -1.0], [3.0, -2.0]]])
    neighbors = torch.tensor([[True, True], [False, True]])
    first = 2 / (1 + math.exp(-1.2))
    expected = torch.tensor([[[first, 2 - first], [0.0, 1.0]]])
    torch.testing.assert_close(softmax_attention(products, neighbors), expected)


def test_softmax_attention_differs_between_images_of_a_class(case):
    """Without LeakyReLU the part of image i cancels, and all images of a class have one row."""
    start, similarity, features, _, labels = case
    branch = graph([start], similarity, attention="softmax", neighborhood="all")
    rows = branch.attention_graph(*tensors(features, labels))[0]
    for label in range(CLASSES):
        first, second = rows[torch.from_numpy(labels == label)][:2]
        assert (first - second).abs().max() > 0.05


def test_softmax_attention_trains_both_halves_of_its_weight_and_the_bias(case):
    """Without LeakyReLU the gradient of the first half and of the bias is rounding, below 1e-7."""
    start, similarity, features, codes, labels = case
    branch = graph([start], similarity, attention="softmax", alpha=0.0, shortcut=0.0)
    branch(*tensors(features, codes[None], labels)).square().sum().backward()
    for gradient in (*branch.attention.grad[0], branch.latent_bias.grad, branch.latent_weight.grad):
        assert gradient.abs().max() > 1e-3


@pytest.mark.parametrize("neighborhood", ["class", "all", "similar"])
def test_rows_of_softmax_attention_sum_to_the_number_of_neighbors(case, neighborhood):
    start, similarity, features, _, labels = case
    branch = graph([start, start], similarity, attention="softmax", neighborhood=neighborhood)
    x, y = tensors(features, labels)
    count = branch.neighbors[y][:, y].sum(dim=-1).float()
    assert neighborhood == "all" or len(count.unique()) > 1
    torch.testing.assert_close(branch.attention_graph(x, y).sum(dim=-1), count.expand(2, N))
    own = branch.attention_graph(torch.stack([x, x.flip(0)]), torch.stack([y, y.flip(0)]))
    torch.testing.assert_close(own.sum(dim=-1), torch.stack([count, count.flip(0)]))


def test_softmax_attention_of_a_single_neighbor_is_one(case):
    start, _, features, _, _ = case
    branch = graph([start], np.eye(N), attention="softmax")
    attention = branch.attention_graph(*tensors(features, np.arange(N)))
    assert torch.equal(attention[0], torch.eye(N))


@pytest.mark.parametrize("attention", ["sigmoid", "softmax"])
def test_a_neighbor_without_attention_keeps_its_part_of_the_fixed_graph(case, attention):
    """Attention of nearly 0 removes an edge at alpha = 0 alone."""
    start, similarity, features, _, labels = case
    start.attention *= 1000
    x, y = tensors(features, labels)
    same = y[:, None] == y[None, :]
    for alpha in (0.0, 0.3):
        least = graph([start], similarity, attention=attention, alpha=alpha).joint_graph(x, y)[0][same].min()
        assert least.item() == pytest.approx(alpha, abs=1e-6)


def test_a_class_that_is_like_no_class_is_its_own_neighbor():
    for neighborhood in ("similar", "nearest"):
        assert neighbor_classes(np.zeros((2, 2)), neighborhood).tolist() == [[True, False], [False, True]]


def averaged_by_loops(s, codes, shortcut):
    """The weighted average in place of equation 7, then equation 8."""
    mixed = np.zeros((N, K))
    for i in range(N):
        for j in range(N):
            mixed[i] += s[i, j] * codes[j] / sum(s[i])
    return shortcut * codes + (1 - shortcut) * mixed


def test_equals_the_equations_written_as_loops(case):
    start, similarity, features, codes, labels = case
    branch = graph([start], similarity)
    x, b, y = tensors(features, codes[None], labels)
    s, mixed = by_loops(start, similarity, features, codes, labels, 0.3, 0.9)
    np.testing.assert_allclose(branch.joint_graph(x, y)[0].detach(), s, atol=1e-6)
    np.testing.assert_allclose(branch(x, b, y)[0].detach(), mixed, atol=1e-6)
    assert not np.allclose(s, s.T)


def test_the_average_in_place_of_the_layer_equals_loops(case):
    start, similarity, features, codes, labels = case
    branch = graph([start], similarity, graph_layer="average", shortcut=0.4)
    s, _ = by_loops(start, similarity, features, codes, labels, 0.3, 0.4)
    mixed = branch(*tensors(features, codes[None], labels))
    np.testing.assert_allclose(mixed[0].detach(), averaged_by_loops(s, codes, 0.4), atol=1e-6)
    mixed.sum().backward()
    assert branch.layer.grad is None, "W_g has no part in it"
    assert (branch.attention.grad != 0).any()


def test_own_batches_of_stacked_models_equal_a_shared_batch(case):
    start, similarity, features, codes, labels = case
    branch = graph([start, start], similarity)
    x, y = tensors(features, labels)
    b = torch.from_numpy(np.stack([codes, codes]))
    shared = branch(x, b, y)
    own = branch(torch.stack([x, x]), b, torch.stack([y, y]))
    torch.testing.assert_close(shared, own)


def test_attention_lies_in_half_to_one_on_the_neighborhood_and_is_zero_off_it(case):
    start, similarity, features, _, labels = case
    x, y = tensors(features, labels)
    attention = graph([start], similarity).attention_graph(x, y)[0]
    same = y[:, None] == y[None, :]
    assert (attention[~same] == 0).all()
    assert ((attention[same] >= 0.5) & (attention[same] < 1)).all()
    everywhere = graph([start], similarity, neighborhood="all").attention_graph(x, y)[0]
    assert (everywhere >= 0.5).all()
    torch.testing.assert_close(everywhere[same], attention[same])


def test_without_a_latent_layer_attention_is_exactly_half(case):
    start, similarity, features, _, labels = case
    start.latent_weight[:], start.latent_bias[:] = 0, 0
    x, y = tensors(features, labels)
    attention = graph([start], similarity).attention_graph(x, y)[0]
    assert set(attention.flatten().tolist()) == {0.0, 0.5}


def test_alpha_one_is_the_fixed_graph_and_alpha_zero_the_attention_graph(case):
    start, similarity, features, _, labels = case
    x, y = tensors(features, labels)
    fixed = graph([start], similarity, alpha=1.0)
    torch.testing.assert_close(fixed.joint_graph(x, y)[0], fixed.fixed_graph(y))
    assert (fixed.fixed_graph(y) == fixed.fixed_graph(y).T).all()
    adaptive = graph([start], similarity, alpha=0.0)
    torch.testing.assert_close(adaptive.joint_graph(x, y), adaptive.attention_graph(x, y))


def test_row_sums_stay_above_their_bound_for_negative_and_zero_semantics(case):
    start, _, features, codes, labels = case
    x, b, y = tensors(features, codes[None], labels)
    hostile = graph([start], np.array([[1, -1, -1], [-1, 1, 0], [-1, 0, 1.0]]))
    assert hostile.joint_graph(x, y).sum(dim=-1).min() >= 0.65 - 1e-6
    assert torch.isfinite(hostile(x, b, y)).all()


def test_one_class_and_no_attention_average_the_batch(case):
    start, similarity, features, codes, _ = case
    start.latent_weight[:], start.latent_bias[:] = 0, 0
    x, b, y = tensors(features, codes[None], np.zeros(N, dtype=np.int64))
    branch = graph([start], similarity, shortcut=0.0)
    torch.testing.assert_close(branch.joint_graph(x, y), torch.full((1, N, N), 0.65))
    row = np.tanh(codes.mean(axis=0) @ start.layer)
    np.testing.assert_allclose(branch(x, b, y)[0].detach(), np.tile(row, (N, 1)), atol=1e-6)


def test_unrelated_images_keep_to_their_own_codes(case):
    """S = I: the layer is applied to each code alone."""
    start, _, features, codes, _ = case
    x, b, y = tensors(features, codes[None], np.arange(N))
    result = graph([start], np.eye(N), alpha=1.0, shortcut=0.0)(x, b, y)[0]
    np.testing.assert_allclose(result.detach(), np.tanh(codes @ start.layer), atol=1e-6)


def test_a_batch_of_one_sees_itself_alone(case):
    start, similarity, features, codes, labels = case
    x, b, y = tensors(features[:1], codes[None, :1], labels[:1])
    branch = graph([start], similarity, shortcut=0.0)
    torch.testing.assert_close(normalized(branch.joint_graph(x, y)), torch.ones(1, 1, 1))
    np.testing.assert_allclose(branch(x, b, y)[0].detach(), np.tanh(codes[:1] @ start.layer), atol=1e-6)


def test_permuting_the_batch_permutes_the_result(case):
    start, similarity, features, codes, labels = case
    order = np.random.default_rng(1).permutation(N)
    branch = graph([start], similarity)
    plain = branch(*tensors(features, codes[None], labels))
    permuted = branch(*tensors(features[order], codes[None, order], labels[order]))
    torch.testing.assert_close(permuted, plain[:, torch.from_numpy(order)])


def test_shortcut_one_gives_the_codes_and_no_gradient_to_the_graph(case):
    start, similarity, features, codes, labels = case
    branch = graph([start], similarity, shortcut=1.0)
    x, b, y = tensors(features, codes[None], labels)
    result = branch(x, b, y)
    assert torch.equal(result, b)
    result.sum().backward()
    assert all((parameter.grad == 0).all() for parameter in branch.parameters())


def test_detached_neighbors_pass_no_gradient(case):
    start, similarity, features, codes, labels = case
    gradients = {}
    for detach in (False, True):
        x, b, y = tensors(features, codes[None], labels)
        b.requires_grad_()
        graph([start], similarity, shortcut=0.0, detach_neighbors=detach)(x, b, y).sum().backward()
        gradients[detach] = b.grad
    assert gradients[True] is None or (gradients[True] == 0).all()
    assert (gradients[False] != 0).any()
