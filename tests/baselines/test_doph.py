"""DOPH as a method: its deep losses against loops, both models on the contract, and mistakes to avoid."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from mgah.baselines._hadamard import orthogonal_codes
from mgah.baselines._orthogonal import ClassCodeProblem
from mgah.baselines._pairs import distinct, mean_over, quantization_loss
from mgah.baselines.doph import DOPH, class_loss, image_loss, joint_loss, misfit
from mgah.baselines.doph_linear import DOPHLinear
from mgah.errors import InputError
from mgah.methods.deep.encoder import bit_mask, random_start
from mgah.methods.models import load_model, save_model
from mgah.normalization import l2_rows
from mgah.semantics.store import ClassSemantics

CLASSES = 7
DEEP = {"trunk": 12, "epochs": 3, "lr": 3e-3, "device": "cpu"}


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(210) % CLASSES
    features = random.standard_normal((CLASSES, 12))[labels] + 0.8 * random.standard_normal((210, 12)) + 2
    semantics = ClassSemantics.from_vectors(
        [f"c{c}" for c in range(CLASSES)], random.standard_normal((CLASSES, 9))
    )
    return features.astype(np.float32), labels, semantics


# the deep model

LABELS = torch.tensor([0, 1, 2, 0, 1, 0, 2])
MASK = bit_mask([8])


@pytest.fixture
def relaxed():
    random = np.random.default_rng(3)
    return (torch.from_numpy(np.tanh(random.standard_normal((1, rows, 8)))) for rows in (7, 3))


def test_the_deep_losses_equal_loops(relaxed):
    images, classes = relaxed

    def balanced(terms):
        sides = [[value for target, value in terms if target == side] for side in (1, 0)]
        return sum(np.mean(side) for side in sides) / 2

    def term(left, right, target):
        return target, (float(left @ right) / 8 - target) ** 2

    z, u, y = images[0].numpy(), classes[0].numpy(), LABELS.tolist()
    pairs = [term(z[i], z[j], int(y[i] == y[j])) for i in range(7) for j in range(7) if i != j]
    joint = [term(z[i], u[c], int(c == y[i])) for i in range(7) for c in range(3)]
    between = [term(u[c], u[e], int(c == e)) for c in range(3) for e in range(3)]
    assert image_loss(images, LABELS, MASK).item() == pytest.approx(balanced(pairs), rel=1e-12)
    assert joint_loss(images, classes, LABELS, MASK).item() == pytest.approx(balanced(joint), rel=1e-12)
    assert class_loss(classes, MASK).item() == pytest.approx(balanced(between), rel=1e-12)


def test_gradients_are_those_of_finite_differences(relaxed):
    images, classes = (part.requires_grad_() for part in relaxed)
    assert torch.autograd.gradcheck(lambda z: image_loss(z, LABELS, MASK), images)
    assert torch.autograd.gradcheck(lambda z, u: joint_loss(z, u, LABELS, MASK), (images, classes))
    assert torch.autograd.gradcheck(lambda u: class_loss(u, MASK), classes)


def test_the_whole_deep_loss_has_the_gradients_of_finite_differences(data):
    """Through tanh and the semantic branch, to z and to V and v."""
    objective = DOPH._objective([DOPH(n_bits=8, quantization=0.3)], *data).double()
    z = torch.from_numpy(np.random.default_rng(5).standard_normal((1, 7, 8))).requires_grad_()

    def loss(z, weight, bias):
        parameters = {"weight": weight, "bias": bias}
        return torch.func.functional_call(objective, parameters, (torch.empty(0), z, LABELS, 0.0))

    assert torch.autograd.gradcheck(loss, (z, objective.weight, objective.bias))


def test_one_pair_term_has_the_gradient_of_its_square(relaxed):
    images, _ = relaxed
    images.requires_grad_()
    misfit(images, images.detach(), torch.ones((7, 7)), MASK)[0, 2, 5].backward()
    t = images[0, 2] @ images[0, 5]
    torch.testing.assert_close(images.grad[0, 2], 2 * (t / 8 - 1) * images[0, 5] / 8, rtol=1e-12, atol=0)


def test_orthogonal_class_codes_cost_nothing_and_codes_that_say_nothing_one_half():
    classes = torch.from_numpy(orthogonal_codes(3, 8, np.random.default_rng(0))).unsqueeze(0)
    images = classes[:, LABELS]
    for value in (
        image_loss(images, LABELS, MASK),
        joint_loss(images, classes, LABELS, MASK),
        class_loss(classes, MASK),
    ):
        assert value.item() == 0
    assert image_loss(images[:, :1].expand(1, 7, 8), LABELS, MASK).item() == 0.5
    assert image_loss(torch.zeros(1, 7, 8), LABELS, MASK).item() == 0.5


def test_classes_are_to_be_orthogonal_not_opposite():
    """The target of two classes is 0: more than two codes cannot all be opposite."""
    opposite = torch.ones((1, 2, 8), dtype=torch.float64) * torch.tensor(
        [[[1.0], [-1.0]]], dtype=torch.float64
    )
    assert class_loss(opposite, MASK).item() == 0.5


def test_pairs_are_balanced_so_that_many_classes_cannot_ignore_the_few_positive_ones():
    """Of 90 classes z = 0 solves 99 of 100 pairs; with balance it costs as much as codes all alike."""
    labels = torch.arange(90).repeat(2)
    zero = torch.zeros(1, 180, 8)
    assert image_loss(zero, labels, MASK).item() == 0.5
    unbalanced = mean_over(misfit(zero, zero, labels[:, None] == labels, MASK), distinct(180, zero.device))
    assert unbalanced.item() < 0.01


def test_flips_permutations_and_rotations_change_nothing_but_the_quantization(relaxed):
    images, classes = relaxed
    rotation = torch.linalg.qr(torch.from_numpy(np.random.default_rng(4).standard_normal((8, 8))))[0]
    signs = torch.tensor([1.0, -1, -1, 1, 1, 1, -1, 1], dtype=torch.float64)
    flipped = torch.diag(signs)[:, [7, 2, 3, 0, 1, 4, 6, 5]]
    for change in (rotation, flipped):
        z, u = images @ change, classes @ change
        torch.testing.assert_close(image_loss(z, LABELS, MASK), image_loss(images, LABELS, MASK))
        torch.testing.assert_close(joint_loss(z, u, LABELS, MASK), joint_loss(images, classes, LABELS, MASK))
        torch.testing.assert_close(class_loss(u, MASK), class_loss(classes, MASK))
    torch.testing.assert_close(quantization_loss(images @ flipped, MASK), quantization_loss(images, MASK))
    assert not torch.allclose(quantization_loss(images @ rotation, MASK), quantization_loss(images, MASK))


def test_the_semantic_branch_starts_near_orthogonal_at_the_linear_solution(data):
    features, labels, semantics = data
    objective = DOPH._objective([DOPH(n_bits=16)], features, labels, semantics)
    start = torch.tanh(objective.vectors @ objective.weight[0].T + objective.bias[0])
    assert class_loss(start.unsqueeze(0), bit_mask([16])).item() < 0.1
    a = l2_rows(semantics.vectors)
    problem = ClassCodeProblem.build(features, labels, a, 1.0, 10.0, 1.0, 1.0)
    codes, _ = problem.class_codes(16, 50, DOPH(n_bits=16).stream("class codes"))
    centered = a - a.mean(axis=0)
    ridge = 0.01 * np.trace(centered.T @ centered) / (CLASSES - 1)
    v = 1.5 * np.linalg.solve(centered.T @ centered + ridge * np.eye(9), centered.T @ codes)
    np.testing.assert_allclose(start.detach(), np.tanh(a @ v - a.mean(axis=0) @ v), atol=1e-5)
    assert {name for name, _ in objective.named_parameters()} == {"weight", "bias"}


def test_the_deep_loss_is_the_weighted_sum_of_its_terms(data):
    settings = {"alpha_deep": 0.7, "beta_deep": 0.3, "quantization": 0.2}
    objective = DOPH._objective([DOPH(n_bits=8, **settings)], *data)
    z = torch.randn((1, 20, 8), generator=torch.Generator().manual_seed(0))
    labels = torch.arange(20) % CLASSES
    images = torch.tanh(z)
    classes = torch.tanh(objective.vectors @ objective.weight[0].T + objective.bias[0]).unsqueeze(0)
    expected = image_loss(images, labels, MASK) + 0.7 * joint_loss(images, classes, labels, MASK)
    expected = expected + 0.3 * class_loss(classes, MASK) + 0.2 * quantization_loss(images, MASK)
    torch.testing.assert_close(objective(torch.empty(0), z, labels, 0.0), expected)


# its start

STILL = {"epochs": 1, "lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0.0, "device": "cpu"}


def test_without_a_trunk_the_deep_model_starts_with_the_codes_of_the_linear_one(data):
    features = data[0]
    sizes = [(6, 0), (16, 0), (16, 1)]
    together = [DOPH(n_bits=k, random_state=s, trainable="none", **STILL) for k, s in sizes]
    DOPH.fit_many(together, *data)
    for method, (k, s) in zip(together, sizes, strict=True):
        linear = DOPHLinear(n_bits=k, random_state=s).fit(*data)
        np.testing.assert_allclose(method.hash_weight_, 1.5 * linear.hash_weight_, atol=1e-6)
        np.testing.assert_array_equal(method.encode(features), linear.encode(features))


def test_behind_a_trunk_the_hash_layer_starts_at_the_ridge_solution_of_its_input(data):
    features, labels, _ = data
    methods = [DOPH(n_bits=k, random_state=2, trunk=30, ridge_features=0.5, **STILL) for k in (8, 16)]
    for method in DOPH.fit_many(methods, *data):
        objective = DOPH._objective([method], *data)
        trunk = random_start(12, 30, method.n_bits, method.stream("encoder"))
        np.testing.assert_allclose(method.trunk_weight_, trunk.trunk_weight, atol=1e-9)
        hidden = trunk.hidden(features - features.mean(axis=0)).astype(np.float64)
        centered = hidden - hidden.mean(axis=0)
        scatter = centered.T @ centered
        targets = objective.codes[0][labels]
        solution = np.linalg.solve(scatter + 0.5 * np.trace(scatter) / 30 * np.eye(30), centered.T @ targets)
        np.testing.assert_allclose(method.hash_weight_, 1.5 * solution.T, atol=1e-5)
        z = hidden @ method.hash_weight_.T + method.hash_bias_
        np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-4)


@pytest.mark.slow
def test_a_random_start_leaves_fewer_codes_than_classes_where_features_share_a_mean():
    """Digits, and the budget of 500 images in ten epochs: the plateau that the default start does not meet."""
    digits = load_digits()
    features, labels = (digits.data[:500] / 17).astype(np.float32), digits.target[:500]
    vectors = np.random.default_rng(0).standard_normal((10, 9))
    semantics = ClassSemantics.from_vectors([str(c) for c in range(10)], vectors)
    usual = {"n_bits": 32, "trunk": 128, "steps": 80, "lr": 1e-3, "lr_end": 1e-5, "device": "cpu"}

    def distinct_codes(**start):
        codes = DOPH(**usual, **start).fit(features, labels, semantics).encode(features)
        return len(np.unique(codes, axis=0))

    assert distinct_codes(init="random", feature_scaling="none") < 10
    for start in ({}, {"feature_scaling": "none"}, {"init": "random"}):
        assert distinct_codes(**start) >= 10


# both models as methods


def test_linear_code_lengths_at_once_equal_single_fits_and_store_float64(data):
    together = DOPHLinear.fit_many([DOPHLinear(n_bits=k) for k in (4, 8, 11)], *data)
    for method in together:
        alone = DOPHLinear(n_bits=method.n_bits).fit(*data)
        np.testing.assert_array_equal(method.hash_weight_, alone.hash_weight_)
        assert method.objective_ == alone.objective_
        assert method.hash_weight_.dtype == np.float64


def test_the_linear_model_encodes_rows_alone_survives_its_file_and_knows_no_threads(data, tmp_path):
    features, labels, semantics = data
    method = DOPHLinear(n_bits=8).fit(features, labels, semantics)
    codes = method.encode(features)
    assert codes.dtype == np.int8
    np.testing.assert_array_equal(np.concatenate([method.encode(row[None]) for row in features]), codes)
    save_model(tmp_path / "model.safetensors", "doph_linear", method, {})
    np.testing.assert_array_equal(load_model(tmp_path / "model.safetensors").encode(features), codes)
    for threads in (1, 2):
        with threadpool_limits(threads):
            again = DOPHLinear(n_bits=8).fit(features, labels, semantics)
            np.testing.assert_array_equal(again.hash_weight_, method.hash_weight_)
    other = DOPHLinear(n_bits=8, random_state=1).fit(features, labels, semantics)
    assert (other.encode(features) != codes).any()


@pytest.mark.parametrize(
    ("model", "settings"), [(DOPHLinear, {}), (DOPH, {"device": "cpu", "trunk": 12, "epochs": 1, "lr": 1e-5})]
)
def test_a_similarity_alone_is_semantics_enough(data, model, settings):
    """Vectors of unit length and their cosines are the same semantics to DOPH, up to rounding."""
    features, labels, semantics = data
    only = ClassSemantics(semantics.names, semantics.similarity)
    # V and its ridge depend on the width of the vectors through min(C - 1, s), here the same
    given, derived = (model(n_bits=8, **settings).fit(features, labels, s) for s in (semantics, only))
    np.testing.assert_allclose(given.hash_weight_, derived.hash_weight_, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "change"),
    [
        *((DOPHLinear, {name: value}) for name, value in (("alpha", 0.0), ("beta", 0.0), ("sweeps", 0))),
        *((DOPHLinear, {name: 0.01}) for name in ("ridge_features", "ridge_semantics")),
        *((DOPH, {"init": init}) for init in ("random", "itq")),
        *((DOPH, {name: 0.0}) for name in ("alpha_deep", "beta_deep", "quantization", "beta")),
        (DOPHLinear, {"feature_norm": "l2"}),
    ],
    ids=str,
)
def test_every_parameter_changes_the_encoder(data, model, change):
    settings = {"n_bits": 6} | (DEEP | {"epochs": 20, "lr": 1e-2} if model is DOPH else {"alpha": 10.0})
    plain, changed = (model(**settings | other).fit(*data) for other in ({}, change))
    assert not np.allclose(plain.hash_weight_, changed.hash_weight_, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alpha": -1}, "alpha is -1"),
        ({"beta": -1}, "beta is -1"),
        ({"ridge_features": 0}, "ridge_features is 0"),
        ({"ridge_semantics": 0}, "ridge_semantics is 0"),
        ({"sweeps": -1}, "sweeps is -1"),
        ({"sweeps": 1.5}, "sweeps is 1.5"),
        ({"beta_deep": "high"}, "beta_deep is 'high'"),
        ({"trainable": "all"}, "images"),
        ({"init": "hadamard"}, "init is 'hadamard', expected one of linear, random, itq"),
    ],
)
def test_bad_parameters_are_one_clear_error(data, change, words):
    with pytest.raises(InputError, match=words):
        DOPH(**{"n_bits": 4, "device": "cpu"} | change).fit(*data)


@pytest.mark.parametrize("model", [DOPH, DOPHLinear])
def test_rows_that_are_all_equal_and_one_class_are_errors(data, model):
    features, labels, semantics = data
    with pytest.raises(InputError, match="all 210 training rows are equal"):
        model().fit(np.ones_like(features), labels, semantics)
    with pytest.raises(InputError, match="hold 1 class"):
        model().fit(features, np.zeros_like(labels), semantics)
