"""MGAH as a hashing method: parameters, training of all code lengths of a job, encoding."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn, tanh

from mgah.errors import InputError
from mgah.hashing.contract import HashingMethod, signs
from mgah.hashing.normalization import l2_rows
from mgah.method.encoder import EncoderWeights, StackedEncoder, itq_start, random_start, stack, uniform
from mgah.method.graph import GraphAttention, random_graph_start
from mgah.method.losses import classifier_logits, em_softmax, linear_growth
from mgah.method.trainer import Schedule, train
from mgah.semantics.store import ClassSemantics

_CHOICES = {
    "trainable": ("none", "head", "all"),
    "init": ("random", "itq"),
    "neighbourhood": ("class", "all"),
    "feature_norm": ("none", "l2"),
}


class MGAH(HashingMethod):
    """Marginalized Graph Attention Hashing (BMVC 2020, equations 1 to 10).

    Parameters that the paper does not fix are marked "open"; their defaults were chosen by measurement on frozen
    features.

    Args:
        n_bits: code length K.
        random_state: seed of weights and batch order.
        trainable: ``none``, the hash layer alone on frozen features; ``head``, a trunk before it as well; ``all``,
            the backbone too, which needs images instead of features. Open: the paper fine-tunes AlexNet.
        trunk: width of the trunk (a linear layer and ReLU) with ``trainable="head"``. Open.
        dropout: share of the trunk's outputs dropped in training. Open.
        init: start of the hash layer, ``random`` or ``itq`` (rotated principal directions). Open.
        init_scale: deviation of z at the start with ``init="itq"``. Open.
        feature_norm: ``none`` or ``l2`` rows. Open.
        epochs: passes over the training images. Open.
        batch_size: images a step, the n of the graph.
        lr, lr_end: learning rate at the start and at the end, exponential decay.
        weight_decay: coupled, on every weight.
        delta: scale inside tanh in the first and the last epoch, linear between (equation 2). Values open.
        beta: energy factor in the first and the last epoch, linear between (equation 9). Values open.
        latent: L, width of h (equation 4).
        alpha: share of the fixed graph (equation 6).
        lambda_: share of the code itself (equation 8).
        neighbourhood: ``class``, same-class images; ``all``, the whole batch (equation 5). Open.
        detach_neighbours: no gradient through the neighbours' codes (equation 7). Open.
        classifier_bias: a bias inside the magnified logit; equation 9 has none. Open.
        center_classifier: subtract the mean over classes from the classifier's weight. Open.
        device: ``auto`` (cuda, mps, cpu) or a torch device.

    Attributes:
        hash_weight_, hash_bias_, trunk_weight_, trunk_bias_: the encoder f, float32; no trunk: shape (0, d), (0,).
        loss_: mean loss per epoch, float64 (epochs,).
    """

    label = "MGAH"

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        trainable: str = "head",
        trunk: int = 512,
        dropout: float = 0.0,
        init: str = "random",
        init_scale: float = 0.3,
        feature_norm: str = "none",
        epochs: int = 10,
        batch_size: int = 64,
        lr: float = 1e-4,
        lr_end: float = 1e-6,
        weight_decay: float = 5e-4,
        delta: Sequence[float] = (1, 10),
        beta: Sequence[float] = (1, 5),
        latent: int = 512,
        alpha: float = 0.3,
        lambda_: float = 0.9,
        neighbourhood: str = "class",
        detach_neighbours: bool = False,
        classifier_bias: bool = False,
        center_classifier: bool = False,
        device: str = "auto",
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.trainable = trainable
        self.trunk = trunk
        self.dropout = dropout
        self.init = init
        self.init_scale = init_scale
        self.feature_norm = feature_norm
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.lr_end = lr_end
        self.weight_decay = weight_decay
        self.delta = delta
        self.beta = beta
        self.latent = latent
        self.alpha = alpha
        self.lambda_ = lambda_
        self.neighbourhood = neighbourhood
        self.detach_neighbours = detach_neighbours
        self.classifier_bias = classifier_bias
        self.center_classifier = center_classifier
        self.device = device

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise InputError(
                    f"MGAH: {name} is {getattr(self, name)!r}, expected one of {', '.join(choices)}"
                )
        if self.trainable == "all":
            raise InputError(
                "MGAH: trainable is 'all', which trains on images, but fit was given features: choose 'head' or 'none'"
            )
        positive = ("latent", "init_scale", *(["trunk"] if self.trainable == "head" else []))
        bounds = {"alpha": (0, 1), "lambda_": (0, 1), "dropout": (0, 0.99)} | dict.fromkeys(
            positive, (1e-9, np.inf)
        )
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise InputError(f"MGAH: {name} is {value!r}, expected a number from {low} to {high}")
        for name, least in (("delta", 1e-9), ("beta", 1)):
            pair = getattr(self, name)
            if np.shape(pair) != (2,) or not min(pair) >= least:
                raise InputError(
                    f"MGAH: {name} is {pair!r}, expected two values of at least {least}, first and last"
                )
        most = min(len(features) - 1, self.trunk if self.trainable == "head" else features.shape[1])
        if self.init == "itq" and self.n_bits > most:
            raise InputError(f"MGAH: n_bits is {self.n_bits}, expected at most {most} with init 'itq'")

    @classmethod
    def _fit_many(
        cls, methods: Sequence["MGAH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        common = methods[0]
        rows = common._normalized(features)
        network = _Network(methods, rows, semantics.similarity)
        schedule = Schedule(common.epochs, common.batch_size, common.lr, common.lr_end, common.weight_decay)
        seeds = [method.random_state for method in methods]
        losses = train([network], network.batch_loss, rows, labels, seeds, schedule, common.device)
        for method, weights, loss in zip(methods, network.encoder.weights(), losses.T, strict=True):
            method._keep(weights, rows.shape[1])
            method.loss_ = loss

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics) -> None:
        self._fit_many([self], features, labels, semantics)

    def _keep(self, weights: EncoderWeights, d: int) -> None:
        has_trunk = weights.trunk_weight is not None
        self.hash_weight_, self.hash_bias_ = weights.hash_weight, weights.hash_bias
        self.trunk_weight_ = weights.trunk_weight if has_trunk else np.zeros((0, d), np.float32)
        self.trunk_bias_ = weights.trunk_bias if has_trunk else np.zeros(0, np.float32)

    def _normalized(self, features: np.ndarray) -> np.ndarray:
        rows = np.asarray(features, dtype=np.float32)
        return l2_rows(rows) if self.feature_norm == "l2" else rows

    def _encode(self, features: np.ndarray) -> np.ndarray:
        trunk = (self.trunk_weight_, self.trunk_bias_) if len(self.trunk_bias_) else (None, None)
        encoder = EncoderWeights(self.hash_weight_, self.hash_bias_, *trunk)
        return signs(encoder(self._normalized(features)))


class _Network(nn.Module):
    """Encoder, graph branch and classifier of stacked models; only the encoder is kept after training."""

    def __init__(self, methods: Sequence[MGAH], features: np.ndarray, similarity: np.ndarray) -> None:
        super().__init__()
        common, d, classes = methods[0], features.shape[1], len(similarity)
        encoders, graphs, classifiers, biases = [], [], [], []
        for method in methods:
            random = np.random.default_rng([method.random_state, 0])
            start = random_start(d, method.trunk if method.trainable == "head" else 0, method.n_bits, random)
            graphs.append(random_graph_start(d, method.latent, method.n_bits, random))
            classifiers.append(uniform(random, (classes, method.n_bits), method.n_bits))
            biases.append(np.zeros(classes, np.float32))
            if method.init == "itq":
                start = itq_start(
                    start, features, method.init_scale, np.random.default_rng([method.random_state, 3])
                )
            encoders.append(start)
        self.encoder = StackedEncoder(encoders, common.dropout, [method.random_state for method in methods])
        self.graph = GraphAttention(
            graphs,
            similarity,
            alpha=common.alpha,
            shortcut=common.lambda_,
            neighbourhood=common.neighbourhood,
            detach_neighbours=common.detach_neighbours,
        )
        self.classifier = stack(classifiers, classes, max(method.n_bits for method in methods))
        self.bias = stack(biases) if common.classifier_bias else None
        self.delta, self.beta, self.center = common.delta, common.beta, common.center_classifier

    def batch_loss(self, features: Tensor, labels: Tensor, progress: float) -> Tensor:
        """L_em of each model (equation 9), float (m,)."""
        codes = tanh(linear_growth(*self.delta, progress) * self.encoder(features))
        mixed = self.graph(features, codes, labels)
        logits = classifier_logits(mixed, self.classifier, center=self.center)
        if self.bias is not None:
            logits = logits + self.bias.unsqueeze(1)
        return em_softmax(logits, labels.expand(logits.shape[:2]), linear_growth(*self.beta, progress))
