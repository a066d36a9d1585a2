"""Caltech-UCSD Birds-200-2011 by its published features: 11,788 images of 200 kinds of birds.

The data folder holds ``res101.mat`` and ``att_splits.mat`` of ``xlsa17.zip`` in ``CUB/`` or ``xlsa17/data/CUB/``; the
attributes are in the latter file (source ``attributes`` with that folder). The backbone is ``resnet101``.

Wah, Branson, Welinder, Perona and Belongie, "The Caltech-UCSD Birds-200-2011 Dataset", 2011; Xian, Lampert, Schiele and
Akata, "Zero-Shot Learning: A Comprehensive Evaluation of the Good, the Bad and the Ugly", TPAMI 2018, for the features
and the proposed split.
"""

from mgah.datasets._xlsa17_features import Xlsa17Features


class CubFeatures(Xlsa17Features):
    """CUB's published features; its own split is ``proposed``, with 50 unseen classes."""

    name = "cub_features"
    title = "CUB-200-2011"
    raw_files = ("CUB", "xlsa17/data/CUB")
    n_classes = 200
    n_unseen = 50
    n_images = 11_788
    class_size = (41, 60)
