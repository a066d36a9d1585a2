"""What the deep baselines share: the start, stacking, padding, learning at all, and relations between their losses."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits
from torch.nn import functional

from mgah.baselines._class_loss import classification_loss
from mgah.baselines._pairs import balanced_mean, distinct, log_cosh, mean_over, quantization_loss, same_class
from mgah.baselines._straight_through import StraightThroughSign
from mgah.baselines.adsh import ADSH
from mgah.baselines.attribute_regression import AttributeRegression
from mgah.baselines.bihalf import BiHalf
from mgah.baselines.cibhash import CIBHash
from mgah.baselines.csq import CSQ
from mgah.baselines.dhn import DHN, pair_loss
from mgah.baselines.dnnh import DNNH, squared_distances, triplet_loss
from mgah.baselines.doph import DOPH, image_loss
from mgah.baselines.dpsh import DPSH
from mgah.baselines.greedyhash import GreedyHash
from mgah.baselines.hashnet import HashNet
from mgah.baselines.orthohash import OrthoHash
from mgah.baselines.shc import SHC
from mgah.baselines.sitnet import SitNet, cosine_logits
from mgah.errors import InputError
from mgah.methods.deep import joint_training
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask, stack, uniform
from mgah.methods.deep.objective import Objective
from mgah.methods.mgah import MGAH
from mgah.methods.mgah.losses import classifier_logits, em_softmax
from mgah.semantics.store import ClassSemantics

METHODS = [DHN, DNNH, SitNet, DOPH]
#: Methods beside the paper's.
FIELD = [ADSH, AttributeRegression, BiHalf, CIBHash, CSQ, DPSH, GreedyHash, HashNet, OrthoHash, SHC]
SMALL = {"trunk": 24, "epochs": 4, "batch_size": 32, "lr": 3e-3, "lr_end": 3e-5, "device": "cpu"}
#: Nothing moves: what is encoded is the start.
FROZEN = SMALL | {"epochs": 1, "lr": 1e-30, "lr_end": 1e-31, "weight_decay": 0}


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """On networks this small two threads wait for each other longer than they work."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(193) % 4  # the last batch holds one image
    features = random.standard_normal((4, 16))[labels] + 0.7 * random.standard_normal((193, 16))
    semantics = ClassSemantics.from_vectors(["a", "b", "c", "d"], random.standard_normal((4, 6)))
    return features.astype(np.float32), labels, semantics


@pytest.fixture
def z():
    return torch.from_numpy(np.random.default_rng(1).standard_normal((2, 10, 6)))


LABELS = torch.tensor([0, 1, 2, 0, 1, 0, 2, 2, 0, 1])


class Softmax(DeepHashing):
    """Plain softmax hashing: a linear classifier of tanh(z), drawn as MGAH draws its own."""

    @classmethod
    def _objective(cls, methods, features, labels, semantics):
        (method,), classes = methods, len(semantics.names)
        return SoftmaxLoss(uniform(method.stream("classifier"), (classes, method.n_bits), method.n_bits))


class SoftmaxLoss(Objective):
    def __init__(self, weight):
        super().__init__()
        self.weight = stack([weight])

    def forward(self, features, z, labels, progress):
        logits = torch.tanh(z[0]) @ self.weight[0].T
        return functional.cross_entropy(logits, labels).unsqueeze(0)


def objective_of(methods, data):
    return type(methods[0])._objective(methods, *data)


def arrays(method):
    return {key: np.asarray(value) for key, value in vars(method).items() if key.endswith("_")}


def test_untrained_codes_of_one_seed_are_bit_identical(data):
    start = FROZEN | {"n_bits": 12, "random_state": 3, "init": "random", "feature_scaling": "none"}
    methods = [cls(**start).fit(*data) for cls in (DHN, SitNet, DOPH, Softmax)]
    methods.append(MGAH(latent=8, **start).fit(*data))
    for method in methods[1:]:
        np.testing.assert_array_equal(method.trunk_weight_, methods[0].trunk_weight_)
        np.testing.assert_array_equal(method.hash_weight_, methods[0].hash_weight_)
        np.testing.assert_array_equal(method.encode(data[0]), methods[0].encode(data[0]))
    dnnh = DNNH(**start).fit(*data)  # another head, the same trunk
    np.testing.assert_array_equal(dnnh.trunk_weight_, methods[0].trunk_weight_)
    np.testing.assert_array_equal(dnnh.trunk_bias_, methods[0].trunk_bias_)


def test_all_methods_of_one_seed_see_the_same_batches(data, monkeypatch):
    seen = {}

    def spying(*arguments, batch_loss, **more):
        def spy(batch, labels, index, progress):
            seen[cls].append((batch.clone(), labels.clone()))
            return batch_loss(batch, labels, index, progress)

        return train(*arguments, batch_loss=spy, **more)

    train = joint_training.train
    monkeypatch.setattr(joint_training, "train", spying)
    for cls in (*METHODS, MGAH):
        seen[cls] = []
        cls(n_bits=6, random_state=3, feature_scaling="none", **SMALL | {"dropout": 0.3}).fit(*data)
    assert len(seen[MGAH]) == 4 * 7
    for one, other in pairwise(seen.values()):
        assert all(
            torch.equal(a, b) for pair in zip(one, other, strict=True) for a, b in zip(*pair, strict=True)
        )


def test_mgah_without_graph_and_magnification_is_softmax_hashing(data):
    """lambda 1, beta 1, delta 1; equal up to the order of float32 sums, from the same start and batches."""
    shared = SMALL | {"n_bits": 12, "random_state": 3}
    mgah = MGAH(lambda_=1.0, beta=(1, 1), delta=(1, 1), latent=8, **shared).fit(*data)
    softmax = Softmax(**shared).fit(*data)
    np.testing.assert_allclose(mgah.loss_, softmax.loss_, rtol=1e-6)
    np.testing.assert_allclose(mgah.hash_weight_, softmax.hash_weight_, atol=1e-6)
    np.testing.assert_array_equal(mgah.encode(data[0]), softmax.encode(data[0]))
    attentive = MGAH(lambda_=1.0, beta=(1, 1), delta=(1, 1), latent=8, alpha=0.9, **shared).fit(*data)
    np.testing.assert_array_equal(attentive.hash_weight_, mgah.hash_weight_)
    assert not np.allclose(
        MGAH(beta=(1, 1), delta=(1, 1), latent=8, **shared).fit(*data).hash_weight_,
        softmax.hash_weight_,
        atol=1e-6,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cls", "variant"),
    [
        *((cls, variant) for cls in METHODS for variant in ({}, {"trainable": "none"}, {"dropout": 0.3})),
        *((cls, {}) for cls in FIELD),
    ],
    ids=str,
)
def test_stacked_code_lengths_and_seeds_equal_single_trainings(cls, variant, data):
    sizes = [(5, 0), (12, 0), (8, 3)]
    for settings in (sizes[:2], sizes):  # a shared batch order, and one a model
        stacked = [cls(n_bits=k, random_state=s, **SMALL | variant) for k, s in settings]
        cls.fit_many(stacked, *data)
        for method, (k, s) in zip(stacked, settings, strict=True):
            single = cls(n_bits=k, random_state=s, **SMALL | variant).fit(*data)
            for key, value in arrays(single).items():
                np.testing.assert_allclose(getattr(method, key), value, rtol=1e-4, atol=3e-5, err_msg=key)


CHANGES = [
    (DHN, {}),
    (DHN, {"pair_weights": "balanced", "inner_product": "mean", "scale": 10.0}),
    (DNNH, {}),
    (DNNH, {"window": 0.2, "margin": 0.25, "margin_unit": "share"}),
    (SitNet, {}),
    (SitNet, {"semantic_loss": "mse"}),
    (DOPH, {}),
]


# DNNH trains one code length at a time
@pytest.mark.parametrize(("cls", "change"), [pair for pair in CHANGES if pair[0] is not DNNH], ids=str)
def test_padded_bits_count_for_nothing_and_get_no_gradient(cls, change, data):
    """Losses of a short and a long code stacked, against each alone; features (n, d) and labels (n,) or one a model."""
    methods = [cls(n_bits=k, random_state=k, **SMALL | change) for k in (5, 12)]
    random = np.random.default_rng(2)
    batches = torch.from_numpy(random.standard_normal((2, 20, 16)).astype(np.float32))
    labels = torch.from_numpy(random.integers(0, 4, (2, 20)))
    values = torch.from_numpy(random.standard_normal((2, 20, 12)).astype(np.float32))
    for shared in (True, False):
        features, targets = (batches[0], labels[0]) if shared else (batches, labels)
        stacked, padded = objective_of(methods, data), (values * bit_mask([5, 12])).requires_grad_()
        for _ in range(2):  # SitNet's centers are at 0 in the first step
            losses = stacked(features, padded, targets, 0.0)
        losses.sum().backward()
        assert (padded.grad[0, :, 5:] == 0).all()
        assert (padded.grad[0, :, :5] != 0).any()
        for parameter in stacked.parameters():
            if parameter.ndim == 3:  # SitNet's head holds bits in columns, DOPH's in rows
                dead = parameter.grad[0][:, 5:] if cls is SitNet else parameter.grad[0][5:]
                assert (dead == 0).all()
        for model, method in enumerate(methods):
            alone = objective_of([method], data)
            own = values[model : model + 1, :, : method.n_bits].clone().requires_grad_()
            batch = features if shared else features[model : model + 1]
            target = targets if shared else targets[model : model + 1]
            for _ in range(2):
                loss = alone(batch, own, target, 0.0)
            loss.sum().backward()
            torch.testing.assert_close(losses[model], loss[0], rtol=1e-5, atol=1e-6)
            torch.testing.assert_close(
                padded.grad[model, :, : method.n_bits], own.grad[0], rtol=1e-4, atol=1e-7
            )


@pytest.mark.parametrize(("cls", "change"), CHANGES, ids=str)
@pytest.mark.parametrize(
    "labels", [[0, 0, 0, 0], [0, 1, 2, 3], [2]], ids=["one class", "all classes", "one image"]
)
def test_batches_without_positive_or_negative_pairs_are_finite(cls, change, labels, data):
    objective = objective_of([cls(n_bits=6, **SMALL | change)], data)
    z = torch.randn((1, len(labels), 6), generator=torch.Generator().manual_seed(0), requires_grad=True)
    loss = objective(torch.zeros(len(labels), 16), z, torch.tensor(labels), 0.0)
    loss.sum().backward()
    assert torch.isfinite(loss).all()
    assert torch.isfinite(z.grad).all()


@pytest.mark.parametrize("cls", METHODS)
def test_a_batch_of_another_order_has_the_same_loss(cls, data):
    order = torch.tensor([3, 1, 0, 9, 8, 7, 2, 4, 5, 6])
    z = torch.randn((1, 10, 6), generator=torch.Generator().manual_seed(0))
    first, second = (objective_of([cls(n_bits=6, **SMALL)], data) for _ in range(2))
    features = torch.zeros(10, 16)
    torch.testing.assert_close(
        first(features, z, LABELS, 0.0), second(features, z[:, order], LABELS[order], 0.0)
    )


@pytest.mark.slow
@pytest.mark.parametrize("cls", METHODS)
def test_training_from_a_random_start_lowers_the_loss_and_tells_seen_classes_apart(cls, data):
    features, labels, _ = data
    agreement = []
    for settings in (FROZEN, SMALL | {"epochs": 40}):
        method = cls(n_bits=16, init="random", **settings).fit(*data)
        codes = method.encode(features).astype(int)
        products, same = codes @ codes.T, labels[:, None] == labels[None, :]
        agreement.append(products[same].mean() - products[~same].mean())
        if settings is FROZEN:
            start = method.loss_[0]
    assert method.loss_[-1] < 0.8 * start
    assert agreement[1] > agreement[0] + 3
    assert agreement[1] > 8


@pytest.mark.slow
def test_trained_losses_are_below_those_of_codes_that_say_nothing(data):
    settings = SMALL | {"epochs": 40, "n_bits": 16}
    assert DHN(**settings, quantization=0.0).fit(*data).loss_[-1] < np.log(2) - 0.1  # z = 0
    assert DNNH(**settings).fit(*data).loss_[-1] < 0.3  # constant codes: the margin 1
    assert DOPH(**settings, alpha_deep=0, beta_deep=0, quantization=0).fit(*data).loss_[-1] < 0.3  # 1/2
    assert SitNet(**settings, center_weight=0).fit(*data).loss_[-1] < np.log(4) - 0.3


@pytest.mark.parametrize("cls", METHODS)
def test_codes_that_are_not_finite_are_one_clear_error(cls, data):
    method = cls(n_bits=6, **SMALL | {"epochs": 1}).fit(*data)
    features = data[0].copy()
    features[5] = 3e38
    with pytest.raises(InputError, match="outputs are not finite in 1 row, first in row 5"):
        method.encode(features)


@pytest.mark.parametrize("cls", METHODS)
def test_what_encoding_needs_is_arrays_and_reconstructions_say_so(cls, data):
    method = cls(n_bits=6, **SMALL | {"epochs": 1}).fit(*data)
    assert all(
        isinstance(value, np.ndarray) for key, value in vars(method).items() if key.endswith("weight_")
    )
    reconstructed = cls in (SitNet, DOPH)
    assert ("reconstruction" in method.label) == reconstructed
    assert (
        any("never published code" in note and "reconstruct" in note for note in method.notes)
        == reconstructed
    )


def test_means_over_pairs_are_those_of_loops(z):
    values, same, pairs = z @ z.transpose(1, 2), same_class(LABELS), distinct(10, z.device)
    for model in range(2):
        chosen = {True: [], False: []}
        for i in range(10):
            for j in range(10):
                if i != j:
                    chosen[bool(LABELS[i] == LABELS[j])].append(float(values[model, i, j]))
        both = chosen[True] + chosen[False]
        assert float(mean_over(values, pairs)[model]) == pytest.approx(np.mean(both), rel=1e-12)
        expected = (np.mean(chosen[True]) + np.mean(chosen[False])) / 2
        assert float(balanced_mean(values, same, pairs)[model]) == pytest.approx(expected, rel=1e-12)


def test_log_cosh_is_exact_where_cosh_overflows():
    values = torch.tensor([0.0, 1.0, -1.0, 3.0, 1000.0, -1000.0], requires_grad=True)
    result = log_cosh(values)
    expected = [0, 0.4337808, 0.4337808, float(np.log(np.cosh(3.0))), 999.3069, 999.3069]
    np.testing.assert_allclose(result.detach(), expected, rtol=1e-6)
    result.sum().backward()
    torch.testing.assert_close(values.grad, torch.tanh(values.detach()))


def test_quantization_is_a_mean_over_the_bits(z):
    """Twice the bits, or images, change nothing: a published weight of a sum over bits is K times this one."""
    once = quantization_loss(z, bit_mask([6, 6]))
    torch.testing.assert_close(quantization_loss(torch.cat([z, z], dim=2), bit_mask([12, 12])), once)
    torch.testing.assert_close(quantization_loss(torch.cat([z, z], dim=1), bit_mask([6, 6])), once)
    loops = [[[np.log(np.cosh(abs(v) - 1)) for v in row] for row in model] for model in z.numpy()]
    np.testing.assert_allclose(once, np.mean(loops, axis=(1, 2)), rtol=1e-12)


# relations between the losses


def test_dhn_is_binary_cross_entropy_over_pairs_of_different_images(z):
    products, pairs = z @ z.transpose(1, 2), distinct(10, z.device)
    target = same_class(LABELS).to(z)
    for model in range(2):
        expected = functional.binary_cross_entropy_with_logits(products[model][pairs], target[pairs])
        torch.testing.assert_close(pair_loss(products, LABELS)[model], expected, rtol=1e-12, atol=0)


def test_dhn_with_scale_one_half_on_z_itself_is_the_dpsh_likelihood(z):
    theta = z @ z.transpose(1, 2) / 2
    likelihood = same_class(LABELS) * theta - torch.log1p(theta.exp())
    expected = -likelihood[:, distinct(10, z.device)].mean(dim=1)
    torch.testing.assert_close(pair_loss(0.5 * z @ z.transpose(1, 2), LABELS), expected, rtol=1e-12, atol=0)


def test_balanced_dhn_is_half_of_the_hashnet_loss(z):
    products, same = z @ z.transpose(1, 2), same_class(LABELS)
    pairs = distinct(10, z.device)
    positive = int((same & pairs).sum())
    weights = same.to(z) * 90 / positive + (~same).to(z) * 90 / (90 - positive)
    values = torch.log1p(products.exp()) - same * products
    hashnet = (weights * values)[:, pairs].mean(dim=1)
    torch.testing.assert_close(pair_loss(products, LABELS, balanced=True), hashnet / 2, rtol=1e-12, atol=0)


def test_balance_changes_nothing_where_both_kinds_of_pairs_are_equally_many():
    """Two pairs of each kind are chosen: 1 and 4, 6 and 11."""
    chosen = torch.tensor([[0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=torch.bool)
    positive = torch.tensor([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=torch.bool)
    values = torch.arange(16.0).view(1, 4, 4)
    assert float(balanced_mean(values, positive, chosen)) == float(mean_over(values, chosen)) == 5.5


def test_dhn_of_growing_z_tends_to_the_loss_of_its_codes(z):
    codes = torch.where(z >= 0, 1.0, -1.0).to(z)
    target = pair_loss(codes @ codes.transpose(1, 2), LABELS)
    gaps = []
    for scale in (1, 10, 1e4):
        relaxed = torch.tanh(scale * z)
        gaps.append(float((pair_loss(relaxed @ relaxed.transpose(1, 2), LABELS) - target).abs().max()))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-9


def test_dnnh_on_bits_is_the_hinge_on_hamming_distances(z):
    codes = torch.where(z >= 0, 1, -1)
    hamming = (codes.unsqueeze(2) != codes.unsqueeze(1)).sum(dim=-1).to(z)
    by_bits = triplet_loss(squared_distances((codes + 1).to(z) / 2), LABELS, 2.0)
    assert torch.equal(by_bits, triplet_loss(hamming, LABELS, 2.0))


def test_sitnet_and_mgah_agree_as_codes_become_discrete(z):
    """SitNet's cross-entropy of W_e h without center loss and cosines, and equation 9 at beta 1 with delta large."""
    weight = torch.from_numpy(np.random.default_rng(3).standard_normal((2, 3, 6)))
    embedded = StraightThroughSign.apply(z, True) @ weight.transpose(1, 2)
    norms, identity = embedded.norm(dim=-1, keepdim=True), torch.eye(3, dtype=z.dtype)
    sitnet = classification_loss(cosine_logits(embedded, identity, norms), LABELS)
    mgah = em_softmax(classifier_logits(torch.tanh(1e8 * z), weight), LABELS.expand(2, 10), 1.0)
    torch.testing.assert_close(sitnet, mgah, rtol=1e-10, atol=0)


def test_doph_with_opposite_targets_is_the_least_squares_of_ksh(z):
    """On a batch with 6 ordered pairs of one class and 6 of two, where balance changes nothing."""
    labels = torch.tensor([0, 0, 0, 1])
    rows = torch.tanh(z[:, :4])
    products, same, pairs = rows @ rows.transpose(1, 2) / 6, same_class(labels), distinct(4, z.device)
    ksh = ((products - torch.where(same, 1.0, -1.0)) ** 2)[:, pairs].mean(dim=1)
    squares = (products - (2 * same.to(z) - 1)) ** 2
    torch.testing.assert_close(balanced_mean(squares, same, pairs), ksh, rtol=1e-12, atol=0)
    # DOPH's own targets, 1 and 0, differ from it by the targets of the negative pairs alone
    negative = same.logical_not().expand_as(products)
    shift = (2 * products + 1)[negative].view(2, -1).mean(dim=1) / 2
    torch.testing.assert_close(image_loss(rows, labels, bit_mask([6, 6])), ksh - shift, rtol=1e-12, atol=0)
