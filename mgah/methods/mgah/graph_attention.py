"""The paper's attentive relation discovery network (equations 3 to 8) inside one batch, for stacked models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mgah.methods.deep.encoder import stack, uniform
from mgah.methods.mgah.neighborhoods import neighbor_classes

#: What the product of W_a and two latent features becomes: see `GraphAttention`.
ATTENTIONS = ("rectified", "sigmoid", "softmax")


@dataclass
class GraphWeights:
    """Weights of one model's graph branch.

    Attributes:
        latent_weight: weight of the linear layer g, float32 (L, d) (equation 4).
        latent_bias: its bias, float32 (L,).
        attention: the two halves of W_a, float32 (2, L) (equation 5).
        layer: W_g, float32 (K, K) (equation 7).

    Examples:
        >>> random_graph_start(d=6, latent=4, n_bits=2, random=np.random.default_rng(0)).attention.shape
        (2, 4)
    """

    latent_weight: np.ndarray
    latent_bias: np.ndarray
    attention: np.ndarray
    layer: np.ndarray


def random_graph_start(d: int, latent: int, n_bits: int, random: np.random.Generator) -> GraphWeights:
    """Draw the weights of a graph branch before training (`mgah.methods.deep.encoder.uniform`).

    Args:
        d: width of the features.
        latent: L, width of the latent features.
        n_bits: K, code length.
        random: where the draws come from.

    Examples:
        >>> random_graph_start(d=6, latent=4, n_bits=2, random=np.random.default_rng(0)).layer.shape
        (2, 2)
    """
    return GraphWeights(
        uniform(random, (latent, d), d),
        uniform(random, (latent,), d),
        uniform(random, (2, latent), 2 * latent),
        uniform(random, (n_bits, n_bits), n_bits),
    )


class GraphAttention(nn.Module):
    """Mixes each code with those of its neighbors in the joint-semantics graph of its batch (equations 3 to 8).

    Args:
        starts: the weights of each of m models before training.
        similarity: class similarity C, float (classes, classes); negative entries count as 0, so that the row
            sums D of equation 7 stay positive.
        alpha: weight of the fixed graph against the attention graph (equation 6).
        shortcut: lambda, weight of the code itself against its neighbors' codes (equation 8).
        neighborhood: which images of the batch are an image's neighbors, those of which classes
            (`mgah.methods.mgah.neighborhoods.neighbor_classes`; equation 5 leaves it open).
        detach_neighbors: whether no gradient flows through the codes that enter B'.
        graph_layer: ``convolution``, B' = tanh(D^-1/2 S D^-1/2 B W_g) (equation 7); ``average``, the mean of the
            neighbors' codes weighted by S, B' = D^-1 S B, without W_g (the paper's MGAH-4).
        attention: weight of a neighbor in S_a, of a product a = W_a^T [h_i || h_j]: ``rectified``, sigmoid(ReLU(a))
            (equation 5), which is 0.5 or more; ``sigmoid``, sigmoid(a), which can be near 0; ``softmax``, the softmax
            of LeakyReLU(a) over i's neighbors, times their number (`softmax_attention`), which can be near 0 as well.
            Attention near 0 removes a neighbor's part of S_a alone, as alpha S_f stays in S: only with ``alpha`` 0
            does attention alone weigh an edge.
        neighbor_similarity: similarity above which a class is a neighbor, with ``neighborhood="similar"``.
        neighbor_count: number of neighboring classes, with ``neighborhood="nearest"``.

    Examples:
        >>> start = random_graph_start(d=6, latent=4, n_bits=2, random=np.random.default_rng(0))
        >>> options = {"alpha": 0.3, "shortcut": 0.9, "neighborhood": "class", "detach_neighbors": True}
        >>> graph = GraphAttention([start], np.eye(3), **options)
        >>> features, labels = torch.ones(5, 6), torch.arange(5) % 3
        >>> tuple(graph(features, torch.ones(1, 5, 2), labels).shape)
        (1, 5, 2)
        >>> fixed, attentive = graph.fixed_graph(labels), graph.attention_graph(features, labels)
        >>> tuple(fixed.shape), tuple(attentive.shape)
        ((5, 5), (1, 5, 5))
        >>> bool(torch.allclose(graph.joint_graph(features, labels), 0.3 * fixed + 0.7 * attentive))
        True
    """

    similarity: Tensor
    neighbors: Tensor

    def __init__(
        self,
        starts: Sequence[GraphWeights],
        similarity: np.ndarray,
        *,
        alpha: float,
        shortcut: float,
        neighborhood: str,
        detach_neighbors: bool,
        graph_layer: str = "convolution",
        attention: str = "rectified",
        neighbor_similarity: float = 0.0,
        neighbor_count: int = 1,
    ) -> None:
        super().__init__()
        longest = max(len(start.layer) for start in starts)
        self.latent_weight = stack([start.latent_weight for start in starts])
        self.latent_bias = stack([start.latent_bias for start in starts])
        self.attention = stack([start.attention for start in starts])
        self.layer = stack([start.layer for start in starts], longest, longest)
        clamped = torch.from_numpy(np.maximum(similarity, 0).astype(np.float32))
        self.register_buffer("similarity", clamped)
        neighbors = neighbor_classes(
            similarity, neighborhood, least=neighbor_similarity, count=neighbor_count
        )
        self.register_buffer("neighbors", torch.from_numpy(neighbors))
        self.alpha, self.shortcut = alpha, shortcut
        self.detach_neighbors, self.graph_layer, self.weighting = detach_neighbors, graph_layer, attention

    def forward(self, features: Tensor, codes: Tensor, labels: Tensor) -> Tensor:
        """Compute the mixed codes Bt (equation 8): float (m, n, K).

        Args:
            features: rows of the batch, float (n, d) or (m, n, d).
            codes: relaxed codes B, float (m, n, K).
            labels: int64 (n,) or (m, n).
        """
        neighbors = codes.detach() if self.detach_neighbors else codes
        mixed = self._mixed(self.joint_graph(features, labels), neighbors)
        return self.shortcut * codes + (1 - self.shortcut) * mixed

    def _mixed(self, graph: Tensor, codes: Tensor) -> Tensor:
        """The neighbors' part B', (m, n, K), from S (m, n, n) and codes (m, n, K): equation 7, or the mean."""
        if self.graph_layer == "average":
            return torch.matmul(graph, codes) / _row_sums(graph).unsqueeze(-1)
        return torch.tanh(torch.matmul(torch.matmul(normalized(graph), codes), self.layer))

    def joint_graph(self, features: Tensor, labels: Tensor) -> Tensor:
        """Compute S = alpha S_f + (1 - alpha) S_a (equation 6): float (m, n, n), not symmetric."""
        return self.alpha * self.fixed_graph(labels) + (1 - self.alpha) * self.attention_graph(
            features, labels
        )

    def fixed_graph(self, labels: Tensor) -> Tensor:
        """Compute S_f, the class similarity of every pair of images (equation 3): float (n, n) or (m, n, n)."""
        return self.similarity[labels.unsqueeze(-1), labels.unsqueeze(-2)]

    def attention_graph(self, features: Tensor, labels: Tensor) -> Tensor:
        """Compute S_a (equations 4 and 5): float (m, n, n), 0 between images that are no neighbors.

        W_a^T [h_i || h_j] is the outer sum u_i + v_j of the two halves of W_a applied to h, and h = W x + b is
        linear: both halves are applied to W first. Neither h nor an (n, n, 2L) tensor is formed.
        """
        directions = torch.matmul(self.attention, self.latent_weight)
        offsets = torch.matmul(self.attention, self.latent_bias.unsqueeze(-1)).squeeze(-1)
        if features.ndim == 2:  # one product for all models, laid out so that its gradient is contiguous
            halves = torch.matmul(directions.flatten(0, 1), features.T).unflatten(0, directions.shape[:2])
        else:
            halves = torch.matmul(directions, features.transpose(1, 2))
        u, v = (halves + offsets.unsqueeze(-1)).unbind(dim=1)
        products = u.unsqueeze(-1) + v.unsqueeze(-2)
        neighbors = self.neighbors[labels.unsqueeze(-1), labels.unsqueeze(-2)]
        if self.weighting == "softmax":
            return softmax_attention(products, neighbors)
        if self.weighting == "rectified":
            products = torch.relu(products)
        return torch.sigmoid(products) * neighbors


def softmax_attention(products: Tensor, neighbors: Tensor) -> Tensor:
    """Compute the softmax of LeakyReLU(``products``) over each image's neighbors, times their number: float (m, n, n).

    LeakyReLU with slope 0.2 and the softmax are those of graph attention networks (Velickovic et al., ICLR 2018).
    Without LeakyReLU, u_i would cancel from the softmax of u_i + v_j over j. The factor, the number of neighbors, is
    this project's: with it the attention of an edge is 1 on average, on the scale of S_f.

    Args:
        products: W_a^T [h_i || h_j], float (m, n, n).
        neighbors: whether j is a neighbor of i, bool (n, n) or (m, n, n); every image has one or more.

    Examples:
        >>> neighbors = torch.tensor([[True, True], [False, True]])
        >>> softmax_attention(torch.zeros(1, 2, 2), neighbors).tolist()
        [[[1.0, 1.0], [0.0, 1.0]]]
    """
    scores = functional.leaky_relu(products, negative_slope=0.2).masked_fill(~neighbors, -torch.inf)
    return torch.softmax(scores, dim=-1) * neighbors.sum(dim=-1, keepdim=True)


def normalized(graph: Tensor) -> Tensor:
    """Compute D^-1/2 S D^-1/2 of a ``graph`` S, D being its row sums (equation 7): float (..., n, n).

    Examples:
        >>> normalized(torch.tensor([[1.0, 1.0], [1.0, 1.0]])).tolist()
        [[0.4999999701976776, 0.4999999701976776], [0.4999999701976776, 0.4999999701976776]]
    """
    scale = _row_sums(graph).rsqrt()
    return graph * scale.unsqueeze(-1) * scale.unsqueeze(-2)


def _row_sums(graph: Tensor) -> Tensor:
    """D, the row sums of S, float (..., n)."""
    return graph.sum(dim=-1).clamp_min(1e-6)
