"""The attentive relation discovery network: equations 3 to 8, inside one mini-batch, for stacked models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from mgah.methods.deep.encoder import stack, uniform


@dataclass
class GraphWeights:
    """Weights of one model's graph branch, float32: ``latent_weight`` (L, d), ``latent_bias`` (L,) of g
    (equation 4), ``attention`` (2, L), the halves of W_a (equation 5), ``layer`` W_g (K, K) (equation 7).

    Example:
        >>> random_graph_start(d=6, latent=4, n_bits=2, random=np.random.default_rng(0)).attention.shape
        (2, 4)
    """

    latent_weight: np.ndarray
    latent_bias: np.ndarray
    attention: np.ndarray
    layer: np.ndarray


def random_graph_start(d: int, latent: int, n_bits: int, random: np.random.Generator) -> GraphWeights:
    """A graph branch before training, uniform weights.

    Example:
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
    """Mixes each code with those of its neighbors in the joint-semantics graph of its batch.

    Args:
        starts: one set of weights a model.
        similarity: class similarity C, float (classes, classes); negative entries count as 0, so that the row
            sums D of equation 7 stay positive.
        alpha: weight of the fixed graph against the attention graph (equation 6).
        shortcut: lambda, weight of the code itself against its neighborhood's (equation 8).
        neighborhood: ``class``, images of the same class; ``all``, every image of the batch (equation 5 leaves
            open what the first-order neighborhood is).
        detach_neighbors: no gradient through the codes that enter B'.
        graph_layer: ``convolution``, B' = tanh(D^-1/2 S D^-1/2 B W_g) (equation 7); ``average``, the neighbors'
            codes weighted by S, B' = D^-1 S B, in which W_g has no part (the paper's MGAH-4).

    Example:
        >>> start = random_graph_start(d=6, latent=4, n_bits=2, random=np.random.default_rng(0))
        >>> options = {"alpha": 0.3, "shortcut": 0.9, "neighborhood": "class", "detach_neighbors": True}
        >>> graph = GraphAttention([start], np.eye(3), **options)
        >>> tuple(graph(torch.ones(5, 6), torch.ones(1, 5, 2), torch.arange(5) % 3).shape)
        (1, 5, 2)
    """

    similarity: Tensor

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
    ) -> None:
        super().__init__()
        longest = max(len(start.layer) for start in starts)
        self.latent_weight = stack([start.latent_weight for start in starts])
        self.latent_bias = stack([start.latent_bias for start in starts])
        self.attention = stack([start.attention for start in starts])
        self.layer = stack([start.layer for start in starts], longest, longest)
        clamped = torch.from_numpy(np.maximum(similarity, 0).astype(np.float32))
        self.register_buffer("similarity", clamped)
        self.alpha, self.shortcut = alpha, shortcut
        self.neighborhood, self.detach_neighbors = neighborhood, detach_neighbors
        self.graph_layer = graph_layer

    def forward(self, features: Tensor, codes: Tensor, labels: Tensor) -> Tensor:
        """Bt (equation 8): features (n, d) or (m, n, d), codes B (m, n, K), labels (n,) or (m, n) -> (m, n, K)."""
        neighbors = codes.detach() if self.detach_neighbors else codes
        mixed = self._mixed(self.joint_graph(features, labels), neighbors)
        return self.shortcut * codes + (1 - self.shortcut) * mixed

    def _mixed(self, graph: Tensor, codes: Tensor) -> Tensor:
        """B' (equation 7, or its stand-in): S (m, n, n), codes (m, n, K) -> (m, n, K)."""
        if self.graph_layer == "average":
            return torch.matmul(graph, codes) / _row_sums(graph).unsqueeze(-1)
        return torch.tanh(torch.matmul(torch.matmul(normalized(graph), codes), self.layer))

    def joint_graph(self, features: Tensor, labels: Tensor) -> Tensor:
        """S = alpha S_f + (1 - alpha) S_a (equation 6), float (m, n, n); not symmetric."""
        return self.alpha * self.fixed_graph(labels) + (1 - self.alpha) * self.attention_graph(
            features, labels
        )

    def fixed_graph(self, labels: Tensor) -> Tensor:
        """S_f (equation 3): class similarity of every pair of images, float (n, n) or (m, n, n)."""
        return self.similarity[labels.unsqueeze(-1), labels.unsqueeze(-2)]

    def attention_graph(self, features: Tensor, labels: Tensor) -> Tensor:
        """S_a (equations 4 and 5), float (m, n, n): in [0.5, 1) on the neighborhood and 0 off it.

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
        attention = torch.sigmoid(torch.relu(u.unsqueeze(-1) + v.unsqueeze(-2)))
        if self.neighborhood == "all":
            return attention
        return attention * (labels.unsqueeze(-1) == labels.unsqueeze(-2))


def normalized(graph: Tensor) -> Tensor:
    """D^-1/2 S D^-1/2 with D the row sums of S (equation 7), float (..., n, n).

    Example:
        >>> normalized(torch.tensor([[1.0, 1.0], [1.0, 1.0]])).tolist()
        [[0.4999999701976776, 0.4999999701976776], [0.4999999701976776, 0.4999999701976776]]
    """
    scale = _row_sums(graph).rsqrt()
    return graph * scale.unsqueeze(-1) * scale.unsqueeze(-2)


def _row_sums(graph: Tensor) -> Tensor:
    """D, the row sums of S, float (..., n)."""
    return graph.sum(dim=-1).clamp_min(1e-6)
