"""MGAH as a method: stacking, schedules, variants, and what must not matter."""

import math

import numpy as np
import pytest
import torch

from mgah import registry
from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.methods.deep.encoder import StackedEncoder, random_start
from mgah.methods.mgah import MGAH
from mgah.methods.mgah.graph_attention import random_graph_start
from mgah.registry import limits
from mgah.seeds import generator
from mgah.semantics.store import ClassSemantics

pytestmark = pytest.mark.slow

SMALL = {"trunk": 24, "latent": 8, "epochs": 4, "batch_size": 32, "lr": 3e-3, "lr_end": 3e-5, "device": "cpu"}


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(200) % 4
    features = (random.standard_normal((4, 16))[labels] + 0.7 * random.standard_normal((200, 16))).astype(
        np.float32
    )
    semantics = ClassSemantics.from_vectors(["a", "b", "c", "d"], random.standard_normal((4, 6)))
    return features, labels, semantics


@pytest.mark.parametrize(
    "variant", [{}, {"trainable": "none"}, {"init": "itq"}, {"dropout": 0.3}, {"graph_layer": "average"}]
)
def test_stacked_code_lengths_and_seeds_equal_single_trainings(data, variant):
    sizes = [(5, 0), (12, 0), (8, 3)]
    for settings in (sizes[:2], sizes):  # a shared batch order, and one a model
        stacked = [MGAH(n_bits=k, random_state=s, **SMALL | variant) for k, s in settings]
        MGAH.fit_many(stacked, *data)
        for method, (k, s) in zip(stacked, settings, strict=True):
            single = MGAH(n_bits=k, random_state=s, **SMALL | variant).fit(*data)
            np.testing.assert_allclose(method.hash_weight_, single.hash_weight_, atol=2e-5)
            np.testing.assert_allclose(method.trunk_weight_, single.trunk_weight_, atol=2e-5)
            np.testing.assert_allclose(method.loss_, single.loss_, rtol=1e-4)


def test_padding_stays_zero_through_training(data, monkeypatch):
    networks = []
    original = StackedEncoder.weights

    def spy(encoder):
        networks.append(encoder)
        return original(encoder)

    monkeypatch.setattr(StackedEncoder, "weights", spy)
    MGAH.fit_many([MGAH(n_bits=3, **SMALL), MGAH(n_bits=9, **SMALL)], *data)
    weight = networks[0].hash_weight.detach()
    assert weight.shape == (2, 9, 24)
    assert (weight[0, 3:] == 0).all()
    assert (networks[0].hash_bias.detach()[0, 3:] == 0).all()
    assert (weight[0, :3] != 0).any()


def test_training_lowers_the_loss_and_tells_seen_classes_apart(data):
    features, labels, _ = data
    method = MGAH(n_bits=16, **SMALL | {"epochs": 30}).fit(*data)
    assert method.loss_[-1] < 0.5 * method.loss_[0]
    codes = method.encode(features).astype(int)
    agreement, same = codes @ codes.T, labels[:, None] == labels[None, :]
    assert agreement[same].mean() > agreement[~same].mean() + 4


def test_the_first_loss_is_equation_nine_on_the_untrained_network(data):
    """One epoch of one batch with a vanishing rate: the recorded loss is that of the start, by hand."""
    features, labels, semantics = data
    options = SMALL | {
        "epochs": 1,
        "batch_size": 200,
        "lr": 1e-12,
        "lr_end": 1e-13,
        "weight_decay": 0,
        "lambda_": 1.0,
    }
    method = MGAH(n_bits=6, random_state=5, delta=(2, 2), beta=(3, 3), **options).fit(
        features, labels, semantics
    )
    encoder = random_start(16, 24, 6, generator(5, "encoder"))
    classifier = generator(5, "classifier").uniform(-1 / np.sqrt(6), 1 / np.sqrt(6), (4, 6))
    logits = np.tanh(2 * encoder(features)) @ classifier.T
    logits[np.arange(200), labels] *= 3
    expected = np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(200), labels])
    assert method.loss_[0] == pytest.approx(expected, rel=1e-5)


def test_the_loss_on_both_codes_is_the_mean_of_both_losses(data):
    """One batch with a vanishing rate: the loss with the graph, that without it, and their mean."""
    start = {"epochs": 1, "batch_size": 200, "lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0, "beta": (3, 3)}

    def first_loss(**changes):
        return MGAH(n_bits=6, **SMALL | start | changes).fit(*data).loss_[0]

    graph, none = first_loss(lambda_=0.2), first_loss(lambda_=1.0)
    assert graph != pytest.approx(none, rel=1e-3)
    assert first_loss(lambda_=0.2, loss_on="both") == pytest.approx((graph + none) / 2, rel=1e-5)


def test_the_weight_decay_leaves_the_weights_of_the_graph_alone_where_that_is_asked(data, monkeypatch):
    """With lambda 1 no gradient reaches the graph, so that only the decay can move its weights."""
    objectives = []
    original = MGAH._objective.__func__

    def kept(cls, *given):
        objectives.append(original(cls, *given))
        return objectives[-1]

    monkeypatch.setattr(MGAH, "_objective", classmethod(kept))
    options = SMALL | {"lambda_": 1.0, "weight_decay": 0.1}
    methods = [MGAH(n_bits=6, graph_decay=decay, **options).fit(*data) for decay in (True, False)]
    start = random_graph_start(16, 8, 6, methods[0].stream("graph"))
    decayed, left = (objective.graph.state_dict() for objective in objectives)
    for name in ("latent_weight", "latent_bias", "attention", "layer"):
        np.testing.assert_array_equal(left[name][0].numpy().ravel(), getattr(start, name).ravel())
        assert decayed[name].norm() < 0.99 * left[name].norm()
    # it acts on all else as before
    np.testing.assert_array_equal(methods[0].hash_weight_, methods[1].hash_weight_)
    np.testing.assert_array_equal(*(objective.classifier.detach().numpy() for objective in objectives))


def test_departures_from_the_paper_are_noted():
    notes = MGAH(attention="softmax", loss_on="both").cell_notes()
    assert any("Attention by softmax in place of equation 5" in note for note in notes)
    assert any("loss on the codes before the graph" in note for note in notes)
    assert MGAH().cell_notes() == MGAH(neighborhood="similar").cell_notes()


def test_itq_start_gives_balanced_codes_of_the_asked_scale(data):
    features, labels, semantics = data
    frozen = SMALL | {"trainable": "none", "epochs": 1, "lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0}
    method = MGAH(n_bits=6, init="itq", init_scale=0.3, **frozen).fit(features, labels, semantics)
    z = features @ method.hash_weight_.T + method.hash_bias_
    assert z.std() == pytest.approx(0.3, rel=1e-3)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-4)


def test_itq_start_gives_the_codes_whose_loss_itq_minimizes(data):
    features, labels, semantics = data
    frozen = SMALL | {"trainable": "none", "epochs": 1, "lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0}
    method = MGAH(n_bits=8, random_state=2, init="itq", **frozen).fit(features, labels, semantics)
    alone = ITQ(n_bits=8, random_state=2).fit(features, labels, semantics)
    np.testing.assert_array_equal(method.encode(features), alone.encode(features))


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 0.9},
        {"lambda_": 0.2},
        {"neighborhood": "all"},
        {"neighborhood": "similar", "neighbor_similarity": 0.1},
        {"neighborhood": "nearest", "neighbor_classes": 2},
        {"attention": "sigmoid"},
        {"attention": "softmax"},
        {"loss_on": "both"},
        {"delta_growth": "root"},
        {"detach_neighbors": True},
        {"graph_layer": "average"},
        {"graph_decay": False},
        {"beta": (1, 1)},
        {"delta": (1, 1)},
        {"center_classifier": True},
        {"classifier_bias": True},
        {"feature_norm": "l2"},
        {"feature_scaling": "center"},
        {"feature_scaling": "standardize"},
        {"dropout": 0.5},
        {"init": "itq"},
        {"trainable": "none"},
        {"trunk": 12},
        {"latent": 3},
        {"weight_decay": 0.1},
        {"lr": 1e-3},
        {"lr_end": 3e-3},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_switch_changes_the_encoder(data, change):
    plain = MGAH(n_bits=8, **SMALL | {"lambda_": 0.5}).fit(*data)
    changed = MGAH(n_bits=8, **SMALL | {"lambda_": 0.5} | change).fit(*data)
    assert plain.hash_weight_.shape != changed.hash_weight_.shape or not np.allclose(
        plain.hash_weight_, changed.hash_weight_, atol=1e-7
    )


def test_class_similarity_reaches_training_through_the_fixed_graph_only(data):
    features, labels, semantics = data
    other = ClassSemantics(semantics.names, np.full((4, 4), 0.9) + 0.1 * np.eye(4))
    settings = SMALL | {"lambda_": 0.5}
    plain = MGAH(n_bits=8, **settings).fit(*data)
    assert not np.allclose(
        plain.hash_weight_, MGAH(n_bits=8, **settings).fit(features, labels, other).hash_weight_
    )
    for without in ({"alpha": 0.0}, {"lambda_": 1.0}):
        a = MGAH(n_bits=8, **settings | without).fit(*data)
        b = MGAH(n_bits=8, **settings | without).fit(features, labels, other)
        np.testing.assert_array_equal(a.hash_weight_, b.hash_weight_)


def test_a_budget_in_steps_is_the_same_training_as_its_epochs(data):
    """200 images in batches of 32 are 7 steps an epoch."""
    by_epochs = MGAH(n_bits=8, **SMALL).fit(*data)
    by_steps = MGAH(n_bits=8, **SMALL | {"epochs": 1, "steps": 28}).fit(*data)
    np.testing.assert_array_equal(by_steps.hash_weight_, by_epochs.hash_weight_)
    np.testing.assert_array_equal(by_steps.loss_, by_epochs.loss_)
    np.testing.assert_array_equal(by_steps.beta_, by_epochs.beta_)


def test_a_budget_in_steps_may_end_inside_an_epoch(data):
    method = MGAH(n_bits=8, **SMALL | {"steps": 15}).fit(*data)
    assert method.loss_.shape == (3,)
    assert method.beta_.tolist() == [1.0, 3.0, 5.0]


def test_the_default_device_is_used_without_a_gpu(data):
    method = MGAH(n_bits=4, **SMALL | {"device": "auto"}).fit(*data)
    if not torch.cuda.is_available():
        np.testing.assert_array_equal(method.hash_weight_, MGAH(n_bits=4, **SMALL).fit(*data).hash_weight_)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trainable": "all"}, "images"),
        ({"init": "pca"}, "init is 'pca'"),
        ({"alpha": 1.5}, "alpha is 1.5"),
        ({"graph_layer": "mean"}, "graph_layer is 'mean', expected one of convolution, average"),
        ({"lambda_": "high"}, "lambda_ is 'high'"),
        (
            {"lambda_": 0, "detach_neighbors": True},
            r"lambda_ is 0, expected a number from 0.001 to 1 where detach_neighbors is True and loss_on is 'mixed', "
            r"as without it no gradient reaches the codes: raise lambda_, or set detach_neighbors to False or loss_on "
            r"to 'both'$",
        ),
        (
            {"lambda_": 1e-50, "detach_neighbors": True},
            "lambda_ is 1e-50, expected a number from 0.001 to 1 where",
        ),
        ({"beta": (0.5, 5)}, "beta is"),
        ({"delta": 3}, "delta is 3"),
        *(
            (
                {name: pair},
                rf"{name} is .*, expected two numbers from (1e-09|1) to 1e\+30, first and last",
            )
            for name in ("delta", "beta")
            for pair in (
                (math.nan, 5),
                [5, math.nan],
                (1, math.inf),
                (1e308, 1e308),
                (1, 10**400),
                (-math.inf, 5),
                (True, 5),
                ("1", "5"),
                "15",
                (1, 5, 5),
                (None, 5),
                (0, 5),
            )
        ),
        ({"trunk": 0}, "trunk is 0"),
        ({"epochs": 0}, "epochs is 0"),
        ({"steps": 0}, "steps is 0, expected an integer of 1 or more"),
        ({"steps": True}, "steps is True, expected an integer of 1 or more"),
        ({"lr": -1}, "lr is -1, expected a number above 0"),
        ({"lr": "1e-4"}, r"lr is '1e-4'.*write 0\.0001"),
        ({"epochs": 2.5}, r"epochs is 2\.5, expected an integer of 1 or more"),
        ({"device": "abacus"}, "device 'abacus'"),
        ({"init": "itq", "n_bits": 30}, "at most 24"),
        ({"lr": 1e30, "lr_end": 1e30}, "diverged"),
    ],
)
def test_bad_parameters_are_one_clear_error(data, change, words):
    with pytest.raises(InputError, match=words):
        MGAH(**{"n_bits": 8} | SMALL | change).fit(*data)


def code_gradients(method, features, labels, semantics):
    """The gradients of the encoder's weights in the first batch of a training, before anything is refused."""
    objective = MGAH._objective([method], features, labels, semantics)
    encoder = MGAH._encoder([method], features, labels, objective)
    x, y = torch.from_numpy(features), torch.from_numpy(labels)
    objective(x, encoder(x), y, 0.0).sum().backward()
    return [parameter.grad for parameter in encoder.parameters()]


@pytest.mark.parametrize("graph_layer", ["convolution", "average"])
@pytest.mark.parametrize("loss_on", ["mixed", "both"])
@pytest.mark.parametrize("lambda_", [0, 0.5, 1])
@pytest.mark.parametrize("detach_neighbors", [False, True])
def test_what_leaves_the_codes_without_gradient_is_refused_and_nothing_else(
    data, detach_neighbors, lambda_, loss_on, graph_layer
):
    choice = {"detach_neighbors": detach_neighbors, "lambda_": lambda_}
    choice |= {"loss_on": loss_on, "graph_layer": graph_layer}
    method = MGAH(n_bits=8, **SMALL | choice)
    gradients = code_gradients(method, *data)
    dry_run = limits.expected(registry.find("methods", "mgah"), choice)
    if all((gradient == 0).all() for gradient in gradients):
        assert dry_run == {"lambda_": "a number from 0.001 to 1"}
        with pytest.raises(InputError, match="without it no gradient reaches the codes"):
            method.fit(*data)
    else:
        assert all(gradient.abs().max() > 1e-4 for gradient in gradients)
        assert dry_run == {}
        method._check_parameters(*data[:2])


def test_training_leaves_the_smallest_numbers_of_the_process_alone(data):
    MGAH(n_bits=4, **SMALL).fit(*data)
    assert float("5e-324") * 1.0 > 0
    assert np.float64(5e-324) + np.float64(0) > 0


def test_more_threads_give_the_same_bits(data):
    features, labels, semantics = data
    wide = np.tile(features, (1, 40))  # wide enough for a matrix product to be split
    weights = []
    before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        try:
            weights.append(
                MGAH(n_bits=16, **SMALL | {"batch_size": 100, "trunk": 256}).fit(wide, labels, semantics)
            )
            assert torch.get_num_threads() == threads
        finally:
            torch.set_num_threads(before)
    np.testing.assert_array_equal(weights[0].hash_weight_, weights[1].hash_weight_)
    np.testing.assert_array_equal(weights[0].trunk_weight_, weights[1].trunk_weight_)


def test_the_parts_that_a_variant_leaves_out_move_nothing_else(data):
    """All variants start at the same weights and see the same batches: without learning they are one encoder."""
    still = SMALL | {"lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0}
    patches = (
        {},
        {"beta": (1, 1)},
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"graph_layer": "average"},
        {"lambda_": 0.0},
    )
    weights = [MGAH(n_bits=6, **still | patch).fit(*data).hash_weight_ for patch in patches]
    for other in weights[1:]:
        np.testing.assert_allclose(other, weights[0], atol=1e-8)


@pytest.mark.parametrize("change", [{"latent": 5}, {"graph_layer": "average"}, {"alpha": 1.0}])
def test_the_graph_branch_does_not_change_the_classifier_that_training_starts_from(data, change):
    """At lambda = 1 the graph has no part in the loss, so nothing of it may change the codes."""
    features, labels, semantics = data
    alone = [
        MGAH(n_bits=6, **SMALL | {"lambda_": 1.0, "epochs": 2} | more).fit(features, labels, semantics)
        for more in ({}, change)
    ]
    np.testing.assert_array_equal(alone[0].hash_weight_, alone[1].hash_weight_)
