"""MGAH as a hashing method: its own parameters and its loss on the deep methods' common ground."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from torch import Tensor, tanh

from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import stack, uniform
from mgah.methods.deep.objective import Objective
from mgah.methods.mgah.graph_attention import ATTENTIONS, GraphAttention, random_graph_start
from mgah.methods.mgah.losses import classifier_logits, em_softmax, linear_growth, root_growth
from mgah.methods.mgah.neighborhoods import NEIGHBORHOODS
from mgah.semantics.store import ClassSemantics


class MGAH(DeepHashing):
    """Marginalized Graph Attention Hashing (BMVC 2020, equations 1 to 10).

    The nodes of the graph are the images of a training batch; encoding needs no graph. Parameters that the paper does
    not fix are marked "Open"; their defaults were chosen by measurement on frozen features.

    Args:
        delta: slope of tanh in the first and in the last epoch (equation 2). Open.
        delta_growth: how delta grows from epoch to epoch: ``linear``, or ``root``, the square root of a linear growth
            of its square, as in the released code of HashNet (Cao et al., ICCV 2017). Open.
        beta: energy factor in the first and in the last epoch, linear in between (equation 9). Open. A training of one
            epoch keeps the first values of delta and beta.
        latent: L, width of the latent features h (equation 4).
        alpha: weight of the fixed graph against the attention graph, 0 to 1 (equation 6).
        lambda_: weight of the code itself against its neighbors' codes, 0 to 1 (equation 8). It has to be 0.001 or more
            where ``detach_neighbors`` is True and ``loss_on`` is ``mixed``, as no gradient would reach the codes.
        neighborhood: which images of the batch are an image's neighbors (equation 5): those of its ``class``; ``all``;
            those of ``similar`` classes, whose similarity is above ``neighbor_similarity``, which at 0 is the literal
            reading of "first-order neighborhood in S_f"; or those of the ``neighbor_classes`` ``nearest`` classes, its
            own among them. Open.
        neighbor_similarity: similarity above which a class is a neighbor, with ``similar``. Open.
        neighbor_classes: number of neighboring classes, with ``nearest``. Open.
        attention: weight of a neighbor in the attention graph: ``rectified``, sigmoid(ReLU(.)), equation 5, which is
            never below 0.5; ``sigmoid``, without ReLU; ``softmax``, that of graph attention networks over the
            neighbors, times their number (`mgah.methods.mgah.graph_attention.softmax_attention`). The last two depart
            from the paper and can be near 0, which removes a neighbor's part of the attention graph alone. Its part
            of the fixed graph stays, so that only with ``alpha`` 0 does attention alone weigh an edge.
        detach_neighbors: whether no gradient flows through the neighbors' codes (equation 7). Open.
        graph_layer: ``convolution``, equation 7; ``average``, the mean of the neighbors' codes weighted by S, without
            W_g and tanh (MGAH-4 of the paper's ablation).
        graph_decay: whether the weight decay acts on the weights of the graph (those of equations 4, 5 and 7) as on all
            others. Their gradients are so small that it moves most weights of equation 4 more than the loss does. Open.
        loss_on: code that the classifier sees: ``mixed``, that of equation 8; ``both``, the mean of the losses on it
            and on the code before the graph, which departs from the paper: the mixed code holds the neighbors' labels,
            so the loss on it can fall while the code itself learns little.
        classifier_bias: whether the classifier has a bias, inside the magnified logit; equation 9 has none. Open.
        center_classifier: whether the mean over classes is subtracted from the classifier's weight. Open.
        **training: parameters of `mgah.methods.deep.base.DeepHashing`.

    Attributes:
        beta_: energy factor of each epoch, float64 (epochs,); others as in `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = MGAH(n_bits=4, trunk=8, latent=4, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape, method.beta_.tolist()
        ((40, 4), [1.0, 5.0])
        >>> MGAH(attention="softmax").cell_notes()[-1]
        "Attention by softmax in place of equation 5 is this project's addition."
    """

    label = "MGAH"
    draws_by_class = True
    history = ("loss_", "beta_", "start_weights_")
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
        delta_growth: str = "linear",
        beta: Sequence[float] = (1, 5),
        latent: int = 512,
        alpha: float = 0.3,
        lambda_: float = 0.9,
        neighborhood: str = "class",
        neighbor_similarity: float = 0.0,
        neighbor_classes: int = 3,
        attention: str = "rectified",
        detach_neighbors: bool = False,
        graph_layer: str = "convolution",
        graph_decay: bool = True,
        loss_on: str = "mixed",
        classifier_bias: bool = False,
        center_classifier: bool = False,
        **training,
    ) -> None:
        super().__init__(**training)
        self.delta = delta
        self.delta_growth = delta_growth
        self.beta = beta
        self.latent = latent
        self.alpha = alpha
        self.lambda_ = lambda_
        self.neighborhood = neighborhood
        self.neighbor_similarity = neighbor_similarity
        self.neighbor_classes = neighbor_classes
        self.attention = attention
        self.detach_neighbors = detach_neighbors
        self.graph_layer = graph_layer
        self.graph_decay = graph_decay
        self.loss_on = loss_on
        self.classifier_bias = classifier_bias
        self.center_classifier = center_classifier

    def cell_notes(self) -> tuple[str, ...]:
        notes = list(super().cell_notes())
        if self.attention != "rectified":
            notes.append(f"Attention by {self.attention} in place of equation 5 is this project's addition.")
        if self.loss_on != "mixed":
            notes.append("The loss on the codes before the graph as well is this project's addition.")
        return tuple(notes)

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"neighborhood": NEIGHBORHOODS, "attention": ATTENTIONS})
        self._check_choices({"graph_layer": ("convolution", "average"), "loss_on": ("mixed", "both")})
        self._check_choices({"delta_growth": tuple(_GROWTHS)})
        self._check_bounds({"alpha": (0, 1), "lambda_": (0, 1), "neighbor_similarity": (-1, 1)})
        self._check_integers({"latent": 1, "neighbor_classes": 1})
        self._check_pairs({"delta": (1e-9, 1e30), "beta": (1, 1e30)})  # codes are computed in 32 bits
        self._check_flags("detach_neighbors", "graph_decay", "classifier_bias", "center_classifier")
        if (self.detach_neighbors, self.loss_on) == (True, "mixed"):  # in this form a dry run can read it
            self._check_bounds({"lambda_": (1e-3, 1)}, _WITHOUT_GRADIENT)

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


_WITHOUT_GRADIENT = (
    " where detach_neighbors is True and loss_on is 'mixed', as without it no gradient reaches the codes: raise "
    "lambda_, or set detach_neighbors to False or loss_on to 'both'"
)
_GROWTHS = {"linear": linear_growth, "root": root_growth}


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
            attention=common.attention,
            neighbor_similarity=common.neighbor_similarity,
            neighbor_count=common.neighbor_classes,
        )
        self.undecayed = () if common.graph_decay else tuple(self.graph.parameters())
        self.classifier = stack(classifiers, classes, max(method.n_bits for method in methods))
        biases = [np.zeros(classes, np.float32)] * len(methods)
        self.bias = stack(biases) if common.classifier_bias else None
        self.delta, self.beta, self.center = common.delta, common.beta, common.center_classifier
        self.delta_growth, self.loss_on = _GROWTHS[common.delta_growth], common.loss_on

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Compute L_em of each model (equation 9): float (m,)."""
        (first_slope, last_slope), (first_energy, last_energy) = self.delta, self.beta
        codes = tanh(self.delta_growth(first_slope, last_slope, progress) * z)
        beta = linear_growth(first_energy, last_energy, progress)
        mixed = self._loss(self.graph(features, codes, labels), labels, beta)
        if self.loss_on == "mixed":
            return mixed
        return (mixed + self._loss(codes, labels, beta)) / 2

    def _loss(self, codes: Tensor, labels: Tensor, beta: float) -> Tensor:
        """L_em of each model, (m,), on relaxed codes (m, n, K)."""
        logits = classifier_logits(codes, self.classifier, center=self.center)
        if self.bias is not None:
            logits = logits + self.bias.unsqueeze(1)
        return em_softmax(logits, labels.expand(logits.shape[:2]), beta)
