"""The datasets and backbones of the paper and of others, and their stand-ins: names, and what is said of them."""

#: Names for readers.
DATASETS = {
    "awa2": "Animals with Attributes2",
    "awa2_mini": "awa2-mini",
    "awa2_features": "Animals with Attributes2, published features",
    "cifar10": "CIFAR-10",
    "imagenet": "ImageNet",
    "imagenet_mini": "imagenet-mini",
    "cub_features": "CUB-200-2011, published features",
    "sun_features": "SUN Attributes, published features",
    "cifar100": "CIFAR-100",
}

#: What a reader must know of a dataset before its numbers.
DATASET_NOTES = {
    "digits": "1,797 images of 8 × 8 pixels: a test of the whole flow, not a result.",
    "cifar10": "MGAH's open defaults and the deep methods' budget were chosen on the splits cat, horse and truck.",
}

_NOT_COMPARABLE = (
    "COMAE and PIXEL (both 2024) print mAP@5000 on AwA2, CUB and SUN, and their numbers cannot be laid beside these. "
    "As published, their programs draw queries and database from independent shuffles, so that many queries are in the "
    "database as well and find themselves, and they give most classes of AwA2 the attributes of another class. Here no "
    "query is in the database, and the attributes of a class are found by its name."
)
#: What a reader must know of a measure, by its name and the dataset, before laying what others print beside it.
MEASURE_NOTES = {
    "mAP@5000": dict.fromkeys(("awa2", "awa2_features", "cub_features", "sun_features"), _NOT_COMPARABLE)
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
