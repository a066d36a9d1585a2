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

    Parameters that the paper does not fix are marked "open"; their defaults were chosen by measurement on frozen
    features. The batch of a step is the graph.

    Args:
        delta: scale inside tanh in the first and the last epoch, linear between (equation 2). Values open.
        beta: energy factor in the first and the last epoch, linear between (equation 9). Values open.
        latent: L, width of h (equation 4).
        alpha: share of the fixed graph (equation 6).
        lambda_: share of the code itself (equation 8).
        neighborhood: ``class``, same-class images; ``all``, the whole batch (equation 5). Open.
        detach_neighbors: no gradient through the neighbors' codes (equation 7). Open.
        graph_layer: ``convolution`` (equation 7); ``average``, the average of the neighbors' codes weighted by S
            in its place, without W_g and tanh (MGAH-4 of the paper's ablation).
        classifier_bias: a bias inside the magnified logit; equation 9 has none. Open.
        center_classifier: subtract the mean over classes from the classifier's weight. Open.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Attributes:
        beta_: energy factor of each epoch, float64 (epochs,).

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
    """Graph branch and classifier of stacked models; neither is needed to encode."""

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
        """L_em of each model (equation 9), float (m,)."""
        delta, beta = (linear_growth(first, last, progress) for first, last in (self.delta, self.beta))
        codes = tanh(delta * z)
        mixed = self.graph(features, codes, labels)
        logits = classifier_logits(mixed, self.classifier, center=self.center)
        if self.bias is not None:
            logits = logits + self.bias.unsqueeze(1)
        return em_softmax(logits, labels.expand(logits.shape[:2]), beta)
