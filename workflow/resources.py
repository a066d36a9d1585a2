"""What a job asks for where it runs on a node of a cluster: memory and time. Light to import.

The numbers are upper bounds, about twice what jobs were measured to take on one core of a common server, or reasoned
from the sizes of what they read. A job that takes more is ended by the cluster; tried again, it asks for twice as much.
"""

from collections.abc import Mapping

from mgah.backbones._sides import STORED_SIDE
from workflow.components import method_device, method_entry, source_of, store_of, trains_backbone
from workflow.cost import (
    backbone_tags,
    bytes_of_maps,
    dimension,
    input_side,
    n_images,
    seen_by_fits,
)
from workflow.experiments import cells_of, splits_of
from workflow.studies import ablated_methods, ablation_block

#: Megabytes and minutes of a job that is not listed below: it reads tables, or little else.
MEMORY, MINUTES = 1_000, 10
#: Megabytes that a process with CUDA's libraries takes on the node, whatever it computes.
_CUDA = 6_000
#: Images of a dataset and values of a feature vector, where their sources do not state them.
_IMAGES, _DIMENSION = 100_000, 2_048
#: Seconds of one core for one image to train on and to encode: on features, through a network at 64 pixels, and through
#: its tail at 224, where each weight of the network adds some.
_ON_FEATURES, _THROUGH_NETWORK = (4e-4, 1e-4), (2.5e-2, 5e-3)
_THROUGH_TAIL, _A_WEIGHT = (3e-3, 9e-4), (3e-10, 1e-10)
#: How many times as fast a network is on a GPU, at least.
_GPU_GAIN = 30


def memory(config: dict, rule: str, place: Mapping[str, str], threads: int = 1, gpus: int = 0) -> int:
    """Return the megabytes that a job asks for.

    Args:
        config: the configuration.
        rule: name of the job's rule.
        place: what `workflow.training.place_of` returns for the job.
        threads: CPU cores that it asks for.
        gpus: GPUs that it asks for.
    """
    asked = _memory(config, rule, place, threads)
    return max(asked, _CUDA) if gpus else asked


def minutes(config: dict, rule: str, place: Mapping[str, str], gpus: int = 0) -> int:
    """Return the minutes that a job asks for; parameters as of `memory`."""
    match rule:
        case "index_images" | "store_images" | "extract_features" | "extract_maps":
            seconds = 0.02 * _images(config, place)
        case "class_semantics":
            seconds = 0 if _is_shipped(config, place) else 3_000  # a download
        case "pretrain":
            seconds = 24 * 3_600  # it goes on from its checkpoint where it is tried again
        case "fit" | "choose" | "fit_sweep" | "sample_graphs" | "score_trained_features":
            seconds = _seconds_of_fits(config, rule, place, gpus)
        case "score_codes" | "measure_codes" | "score_ablation" | "score_sweep":
            seconds = 6 * _scored(config, rule, place) * _images(config, place) / 60_000
        case "measure_outputs":
            # 10 ms a query at 60,000 images: the scores of each are sorted
            queries = config["datasets"][place["dataset"]].get("queries", 1_000)
            seconds = (6 + 0.01 * queries) * _scored(config, rule, place) * _images(config, place) / 60_000
        case "score_features":
            seconds = 100 * len(splits_of(config, place)) * _features(config, place) / 300
        case "trace_curves" | "show_gallery":
            seconds = 600
        case _:
            seconds = 0
    return MINUTES + round(seconds / 60)


def _memory(config: dict, rule: str, place: Mapping[str, str], threads: int) -> int:
    match rule:
        case "pretrain":
            return 16_000
        case "describe_backbone" | "compare" | "contrast" | "trace_curves" | "find_confusions":
            return 2 * MEMORY
        case "score_codes" | "measure_codes" | "measure_outputs" | "score_ablation" | "score_sweep":
            return 2 * MEMORY
        case "extract_features":
            return round(2 * MEMORY + _features(config, place) + 500 * threads)
        case "extract_maps":
            return round(2 * MEMORY + _maps(config, place) + 500 * threads)
        case "store_images":
            return MEMORY + 250 * threads
        case "score_features":
            return round(MEMORY + 3 * _features(config, place))
        case "fit" | "choose" | "fit_sweep" | "sample_graphs":
            return _memory_of_fit(config, place)
        case "score_trained_features":
            return _memory_of_fit(config, place) + round(2 * _features(config, place))
        case _:
            return MEMORY


def _memory_of_fit(config: dict, place: Mapping[str, str]) -> int:
    """Megabytes of a training: the features and copies of some, or a network with a batch of images in all layers."""
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    own = 2 * MEMORY if method_device(config, entry) else MEMORY  # with and without torch
    if not trains_backbone(entry):
        return round(own + 2 * _features(config, place))
    optimized = 16 * _weights(config, place) / 1e6
    if store_of(entry) == "maps":
        trained = config["datasets"][place["dataset"]]["training"] / _images(config, place)
        return round(own + optimized + 2 * (1 + trained) * _maps(config, place))
    return round(own + 700 * _area(config, place) + optimized + 2 * _training_images(config, place))


def _seconds_of_fits(config: dict, rule: str, place: Mapping[str, str], gpus: int) -> float:
    """Seconds of all trainings of a job, and of the codes of all images that each makes."""
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    gain = _GPU_GAIN if gpus else 1
    match store_of(entry):
        case "features":
            train, encode = _ON_FEATURES
        case "maps":
            area, weights = (input_side(config, place) / 224) ** 2, _weights(config, place)
            own = zip(_THROUGH_TAIL, _A_WEIGHT, strict=True)
            train, encode = ((seconds * area + weight * weights) / gain for seconds, weight in own)
        case _:
            train, encode = (seconds * _area(config, place) / gain for seconds in _THROUGH_NETWORK)
    seen = seen_by_fits(config, rule, place)
    return train * sum(seen) + encode * len(seen) * _images(config, place)


def _scored(config: dict, rule: str, place: Mapping[str, str]) -> int:
    """Number of codes, of a split, seed and code length each, that a job scores."""
    if rule == "score_ablation":
        block = ablation_block(config, place)
        fits = len(ablated_methods(config)) * len(block["splits"]) * len(block["seeds"])
        return fits * len(block["bits"])
    if rule == "score_sweep":
        block = config["sweeps"][place["sweep"]]
        return len(seen_by_fits(config, "fit_sweep", place)) * len(block["splits"]) * len(block["seeds"])
    return sum(1 for _ in cells_of(config, place, place["method"]))


def _images(config: dict, place: Mapping[str, str]) -> int:
    return n_images(config, place["dataset"]) or _IMAGES


def _training_images(config: dict, place: Mapping[str, str]) -> float:
    """Megabytes of the training images of a split, as they are stored."""
    block = config["datasets"][place["dataset"]]
    return 3 * block.get("image_size", STORED_SIDE) ** 2 * block["training"] / 1e6


def _features(config: dict, place: Mapping[str, str]) -> float:
    """Megabytes of the features of a dataset's images."""
    return 4 * _images(config, place) * (dimension(config, place) or _DIMENSION) / 1e6


def _area(config: dict, place: Mapping[str, str]) -> float:
    """Pixels of the network's input, in squares of 64 x 64."""
    return (input_side(config, place) / 64) ** 2


def _maps(config: dict, place: Mapping[str, str]) -> float:
    """Megabytes of the feature maps of a dataset's images."""
    return bytes_of_maps(config, place) * _images(config, place) / 1e6


def _weights(config: dict, place: Mapping[str, str]) -> int:
    return backbone_tags(config, place).get("n_weights", 0)


def _is_shipped(config: dict, place: Mapping[str, str]) -> bool:
    """Say whether the job's class semantics are no word vectors from a large file."""
    source, options = source_of(config, place["dataset"], place["semantics"])
    return source != "word2vec" or "builtin" in options
