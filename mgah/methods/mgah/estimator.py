"""MGAH as a hashing method: its own parameters and its loss on the deep methods' common ground."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from torch import Tensor, tanh

from mgah.methods.deep.base import DeepHashing, Objective
from mgah.methods.deep.encoder import stack, uniform
from mgah.methods.mgah.graph_attention import GraphAttention, random_graph_start
from mgah.methods.mgah.losses import classifier_logits, em_softmax, linear_growth
from mgah.semantics.store import ClassSemantics


class MGAH(DeepHashing):
    """Marginalized Graph Attention Hashing (BMVC 2020, equations 1 to 10).

    The nodes of the graph are the images of a training batch; encoding needs no graph. Parameters that the paper does
    not fix are marked "Open"; their defaults were chosen by measurement on frozen features.

    Args:
        delta: slope of tanh in the first and in the last epoch, linear in between (equation 2). Open.
        beta: energy factor in the first and in the last epoch, linear in between (equation 9). Open.
        latent: L, width of the latent features h (equation 4).
        alpha: weight of the fixed graph against the attention graph, 0 to 1 (equation 6).
        lambda_: weight of the code itself against its neighbors' codes, 0 to 1 (equation 8).
        neighborhood: which images of the batch are an image's neighbors: ``class``, those of its class; ``all``, all
            (equation 5). Open.
        detach_neighbors: whether no gradient flows through the neighbors' codes (equation 7). Open.
        graph_layer: ``convolution``, equation 7; ``average``, the mean of the neighbors' codes weighted by S, without
            W_g and tanh (MGAH-4 of the paper's ablation).
        classifier_bias: whether the classifier has a bias, inside the magnified logit; equation 9 has none. Open.
        center_classifier: whether the mean over classes is subtracted from the classifier's weight. Open.
        **training: parameters of `mgah.methods.deep.base.DeepHashing`.

    Attributes:
        beta_: energy factor of each epoch, float64 (epochs,); others as in `mgah.methods.deep.base.DeepHashing`.

    Example:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = MGAH(n_bits=4, trunk=8, latent=4, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape, method.beta_.tolist()
        ((40, 4), [1.0, 5.0])
    """

    label = "MGAH"
    draws_by_class = True
    quick_parameters: ClassVar[Mapping[str, object]] = {
        "epochs": 2,
        "trunk": 16,
        "latent": 8,
        "device": "cpu",
    }

    def __init__(
        self,
        *,
        delta: Sequence[float] = (1, 10),
        beta: Sequence[float] = (1, 5),
        latent: int = 512,
        alpha: float = 0.3,
        lambda_: float = 0.9,
        neighborhood: str = "class",
        detach_neighbors: bool = False,
        graph_layer: str = "convolution",
        classifier_bias: bool = False,
        center_classifier: bool = False,
        **training,
    ) -> None:
        super().__init__(**training)
        self.delta = delta
        self.beta = beta
        self.latent = latent
        self.alpha = alpha
        self.lambda_ = lambda_
        self.neighborhood = neighborhood
        self.detach_neighbors = detach_neighbors
        self.graph_layer = graph_layer
        self.classifier_bias = classifier_bias
        self.center_classifier = center_classifier

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"neighborhood": ("class", "all"), "graph_layer": ("convolution", "average")})
        self._check_bounds({"alpha": (0, 1), "lambda_": (0, 1)})
        self._check_integers({"latent": 1})
        self._check_pairs({"delta": 1e-9, "beta": 1})
        self._check_flags("detach_neighbors", "classifier_bias", "center_classifier")

    @classmethod
    def _fit_many(
        cls, methods: Sequence["MGAH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        super()._fit_many(methods, features, labels, semantics)
        for method in methods:
            first, last = method.beta
            method.beta_ = np.linspace(first, last, num=len(method.loss_))

    @classmethod
    def _objective(
        cls, methods: Sequence["MGAH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _MGAHObjective(methods, features.shape[1], semantics.similarity)


class _MGAHObjective(Objective):
    """Loss of stacked models, with their graph branch and classifier, neither of which is needed to encode."""

    def __init__(self, methods: Sequence[MGAH], d: int, similarity: np.ndarray) -> None:
        super().__init__()
        common, classes = methods[0], len(similarity)
        graphs, classifiers = [], []
        for method in methods:
            graphs.append(random_graph_start(d, method.latent, method.n_bits, method.stream("graph")))
            shape = (classes, method.n_bits)
            classifiers.append(uniform(method.stream("classifier"), shape, method.n_bits))
        self.graph = GraphAttention(
            graphs,
            similarity,
            alpha=common.alpha,
            shortcut=common.lambda_,
            neighborhood=common.neighborhood,
            detach_neighbors=common.detach_neighbors,
            graph_layer=common.graph_layer,
        )
        self.classifier = stack(classifiers, classes, max(method.n_bits for method in methods))
        biases = [np.zeros(classes, np.float32)] * len(methods)
        self.bias = stack(biases) if common.classifier_bias else None
        self.delta, self.beta, self.center = common.delta, common.beta, common.center_classifier

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Compute L_em of each model (equation 9): float (m,)."""
        delta, beta = (linear_growth(first, last, progress) for first, last in (self.delta, self.beta))
        codes = tanh(delta * z)
        mixed = self.graph(features, codes, labels)
        logits = classifier_logits(mixed, self.classifier, center=self.center)
        if self.bias is not None:
            logits = logits + self.bias.unsqueeze(1)
        return em_softmax(logits, labels.expand(logits.shape[:2]), beta)
