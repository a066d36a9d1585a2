"""The datasets and backbones of the paper, and of those that stand in for them: names, and what is said of them."""

#: Names for readers.
DATASETS = {
    "awa2": "Animals with Attributes2",
    "awa2_mini": "awa2-mini",
    "awa2_features": "Animals with Attributes2, published features",
    "cifar10": "CIFAR-10",
    "imagenet": "ImageNet",
    "imagenet_mini": "imagenet-mini",
}

#: What a reader must know of a dataset before its numbers.
DATASET_NOTES = {
    "digits": "1,797 images of 8 × 8 pixels: a test of the whole flow, not a result.",
    "cifar10": "MGAH's open defaults and the deep methods' budget were chosen on the splits cat, horse and truck.",
}

#: The backbones of the paper: name, and how the paper uses it.
BACKBONES = {
    "alexnet": (
        "AlexNet",
        "trained end to end by the deep methods and giving its features to the shallow ones",
    ),
    "googlenet": ("GoogLeNet", "pre-trained, for both methods of this table"),
}

#: The datasets of Figure 6: of each unseen class, and of the course of the training.
FIGURE6_CLASSES, FIGURE6_TRAINING = "cifar10", "imagenet"
