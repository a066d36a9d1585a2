"""PCA with a random rotation, ITQ without its iterations: the training-free control of Moummad et al. (2025)."""

from mgah.baselines.itq import ITQ


class PCARotation(ITQ):
    """Signs of the leading principal directions, rotated at random (Jegou et al., CVPR 2010; Gong and Lazebnik, 2011).

    What ITQ starts from: the difference to ITQ is what its iterations add. Moummad et al. (arXiv 2509.14427) compare
    learned codes with it on features of large networks; their scores rank by real query values, and are others.

    Args:
        n_bits: code length, at most min(n - 1, d).
        random_state: seed of the rotation, which is the start of ITQ's for the same seed.
        normalize: bring rows to unit length first.

    Attributes:
        mean_: training mean, float64 (d,).
        projection_: principal directions times rotation, float64 (d, n_bits).

    Examples:
        >>> import numpy as np
        >>> features = np.random.default_rng(0).standard_normal((40, 8))
        >>> PCARotation(n_bits=4).fit(features).encode(features).shape
        (40, 4)
    """

    label = "PCA, random rotation"

    def __init__(self, *, n_bits: int = 32, random_state: int = 0, normalize: bool = False) -> None:
        super().__init__(n_bits=n_bits, random_state=random_state, normalize=normalize, iterations=0)
