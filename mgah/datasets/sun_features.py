"""SUN Attributes by its published features: 14,340 images of 717 kinds of scenes, 20 of each.

The data folder holds ``res101.mat`` and ``att_splits.mat`` of ``xlsa17.zip`` in ``SUN/`` or ``xlsa17/data/SUN/``; the
attributes are in the latter file (source ``attributes`` with that folder). The backbone is ``resnet101``.

Patterson, Xu, Su and Hays, "The SUN Attribute Database: Beyond Categories for Deeper Scene Understanding", IJCV 2014;
Xian, Lampert, Schiele and Akata, "Zero-Shot Learning: A Comprehensive Evaluation of the Good, the Bad and the Ugly",
TPAMI 2018, for the features and the proposed split.
"""

from mgah.datasets._xlsa17_features import Xlsa17Features


class SunFeatures(Xlsa17Features):
    """SUN's published features; its own split is ``proposed``, with 72 unseen classes."""

    name = "sun_features"
    title = "SUN Attributes"
    raw_files = ("SUN", "xlsa17/data/SUN")
    n_classes = 717
    n_unseen = 72
    n_images = 14_340
    class_size = (20, 20)
