"""An estimate of what the planned jobs of a run will store and train, from the numbers that components state.

It counts bytes of stored images, features, feature maps, models and codes, and networks that are trained with their
images. What no source states, such as the number of images in a folder of one's own, or of values in the features of a
network of another package, is left out and named. Light to import.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mgah import registry
from mgah.backbones._sides import INPUT_SIDE, STORED_SIDE
from mgah.registry.limits import defaults
from workflow.components import backbone_entry, dataset_module, kept_models, method_entry, trains_backbone
from workflow.experiments import bits_of_fit
from workflow.studies import SIZES, tried_parameters
from workflow.trained_features import scored_bits
from workflow.training import place_of

_FLOAT32, _FLOAT16 = 4, 2


@dataclass
class Cost:
    """The estimate for some planned jobs.

    Attributes:
        stored: bytes on disk, by what they hold: images, features, maps, models, codes.
        networks: number of networks that are trained, one for each code length and each value of a sweep.
        trained_images, encoded_images: number of images that pass through these networks in training, all epochs
            together, and for encoding.
        unknown: names of the datasets whose number of images is not known beforehand, and of the backbones of which the
            size of something that is stored is not.
    """

    stored: Counter = field(default_factory=Counter)
    networks: int = 0
    trained_images: int = 0
    encoded_images: int = 0
    unknown: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        parts = ", ".join(f"{_size(size)} of {what}" for what, size in self.stored.most_common())
        text = f"Disk: about {_size(self.stored.total())}" + (f" ({parts})" if parts else "")
        if self.unknown:
            text += f", and what {', '.join(sorted(self.unknown))} takes"
        if self.networks:
            text += (
                f". Backbones: {self.networks:,} are trained along, on {self.trained_images:,} images in all epochs "
                f"together, and encode {self.encoded_images:,}"
            )
        return f"{text}."


def _size(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{count / 1e6:,.1f} MB"


def cost_of(config: dict, jobs: Iterable[tuple[str, Mapping[str, str]]]) -> Cost:
    """Return the estimate for ``jobs``, each the name of a rule and its wildcards."""
    cost = Cost()
    for rule, wildcards in jobs:
        if rule in _COSTS:
            place = place_of(config, wildcards)
            name = place["dataset"]
            images = n_images(config, name)
            if images is None:
                cost.unknown.add(name)
            else:
                _COSTS[rule](cost, config, place, images)
    return cost


def n_images(config: dict, dataset: str) -> int | None:
    """Return the number of images of a dataset, or the most that it can have; None where its source says neither."""
    tags: Mapping = registry.find("datasets", dataset_module(config, dataset)).tags
    classes = tags["n_classes"] or len(tags.get("classes", ()))
    most = tags["class_size"][1] * classes if tags["class_size"] and classes else None
    return tags["n_images"] or most


def _images(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    side = config["datasets"][place["dataset"]].get("image_size", STORED_SIDE)
    cost.stored["images"] += 3 * side * side * images


def _features(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    _store(cost, "features", place, _FLOAT32 * images, dimension(config, place))


def _maps(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    _store(cost, "maps", place, images, bytes_of_maps(config, place))


def _fit(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    bits = bits_of_fit(config, place)
    cost.stored["codes"] += sum(bits) * images // 8
    _trainings(cost, config, "fit", place, images)
    entry = _entry(config, place)
    if trains_backbone(entry):
        weights = backbone_tags(config, place).get("n_weights")
    else:  # at most: a hidden layer, or as many anchors
        weights = method_defaults(entry["method"])["trunk"] * (dimension(config, place) or 0)
    if kept := len(kept_models(config, place, bits)):
        _store(cost, "models", place, _FLOAT32 * kept, weights)


def _store(cost: Cost, what: str, place: Mapping[str, str], count: int, size: float | None) -> None:
    """Count ``count`` times the ``size`` that the job's backbone states; a backbone that states none is unknown."""
    if size:
        cost.stored[what] += round(count * size)
    else:
        cost.unknown.add(place["backbone"])


def _trained_features(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    cost.encoded_images += len(scored_bits(config, place)) * images


def _graphs(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    _trainings(cost, config, "sample_graphs", place, 0)


def _choice(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    """At most: some classes of the training images are held out, and the settings that are drawn may be others."""
    training = config["datasets"][place["dataset"]]["training"]
    _trainings(cost, config, "choose", place, training)


def _sweep(cost: Cost, config: dict, place: Mapping[str, str], images: int) -> None:
    block = config["sweeps"][place["sweep"]]
    for parameter, values in block["vary"].items():
        lengths = values if parameter == "bits" else [length for _ in values for length in block["bits"]]
        cost.stored["codes"] += sum(lengths) * images // 8
    _trainings(cost, config, "fit_sweep", place, images)


def _trainings(cost: Cost, config: dict, rule: str, place: Mapping[str, str], images: int) -> None:
    """Count the trainings of a job whose method trains the backbone; each network encodes ``images``."""
    if trains_backbone(_entry(config, place)):
        seen = seen_by_fits(config, rule, place)
        cost.networks += len(seen)
        cost.trained_images += sum(seen)
        cost.encoded_images += len(seen) * images


def _entry(config: dict, place: Mapping[str, str]) -> dict:
    """The job's method, as `method_entry` gives it."""
    return method_entry(config, place["method"], place["dataset"], place["backbone"])


def seen_by_fits(config: dict, rule: str, place: Mapping[str, str]) -> list[int]:
    """Return the number of images that each training of a job sees, all epochs together.

    A training is one of one code length. Where settings are drawn from a grid, or one of them is still to be chosen,
    those that see the most count.

    Args:
        config: the configuration.
        rule: name of the job's rule.
        place: what `workflow.training.place_of` returns for the job.
    """
    if rule == "fit_sweep":
        return list(_seen_in_sweep(config, place))
    training = config["datasets"][place["dataset"]]["training"]
    own = method_defaults(_entry(config, place)["method"])
    default, *others = (seen_in_training(own | tried, training) for tried in tried_parameters(config, place))
    if rule == "choose":
        asked = config["selection"]
        return [default, *sorted(others, reverse=True)[: asked["trials"] - 1]] * asked["draws"]
    # graphs are those of one code length, in the training of all
    lengths = len(bits_of_fit(config, place)) if rule in ("fit", "sample_graphs") else 1
    return [max([default, *others])] * lengths


def _seen_in_sweep(config: dict, place: Mapping[str, str]) -> Iterator[int]:
    """Yield the images that each training of a sweep sees."""
    block = config["sweeps"][place["sweep"]]
    entry = _entry(config, place)
    given = method_defaults(entry["method"]) | entry["parameters"]
    training = config["datasets"][place["dataset"]]["training"]
    for parameter, values in block["vary"].items():
        for value in values:
            changed = {} if parameter in SIZES else {parameter: value}
            seen = seen_in_training(given | changed, value if parameter == "training" else training)
            yield from [seen] * (1 if parameter == "bits" else len(block["bits"]))


def method_defaults(method: str) -> dict[str, Any]:
    """Return the defaults of the parameters of ``method``, a name in the registry.

    Those of MGAH stand in for what a method does not have, so that one without epochs counts as a deep one.

    Examples:
        >>> method_defaults("itq")["epochs"], method_defaults("itq")["iterations"]
        (10, 50)
    """
    return defaults(registry.find("methods", "mgah")) | defaults(registry.find("methods", method))


def seen_in_training(parameters: Mapping, training: int) -> int:
    """Return the number of images that pass through the network in one training, all epochs or steps together.

    ``parameters`` are all that the training has, those that the config does not give included.

    Examples:
        >>> seen_in_training({"epochs": 20}, 1000), seen_in_training({"steps": 100, "batch_size": 32}, 1000)
        (20000, 3200)
    """
    if parameters.get("steps"):
        return int(parameters["steps"] * min(parameters["batch_size"], training))
    return int(parameters["epochs"] * training)


def backbone_tags(config: dict, place: Mapping[str, str]) -> Mapping:
    """Return what the class of the job's backbone states (`mgah.registry.Component.tags`)."""
    module = backbone_entry(config, place["backbone"])["backbone"]
    return registry.find("backbones", module).tags


def dimension(config: dict, place: Mapping[str, str]) -> int | None:
    """Return the number of values of the job's features, by the backbone's class or by its option ``dimension``.

    None where neither says, as of networks of other packages.
    """
    entry = backbone_entry(config, place["backbone"])
    component = registry.find("backbones", entry["backbone"])
    stated = dict(component.tags) | defaults(component) | entry.get("options", {})
    return stated.get("dimension") or None


def input_side(config: dict, place: Mapping[str, str]) -> int:
    """Return the side in pixels of the input of the job's backbone."""
    options = backbone_entry(config, place["backbone"]).get("options", {})
    return int(options.get("image_size") or _default_side(config, place))


def bytes_of_maps(config: dict, place: Mapping[str, str]) -> float:
    """Return the bytes of an image's feature maps, in half precision; they grow with the area of the input."""
    area = (input_side(config, place) / _default_side(config, place)) ** 2
    return _FLOAT16 * backbone_tags(config, place).get("n_map_values", 0) * area


def _default_side(config: dict, place: Mapping[str, str]) -> int:
    return backbone_tags(config, place).get("default_image_size", INPUT_SIDE)


_COSTS = {
    "store_images": _images,
    "extract_features": _features,
    "extract_maps": _maps,
    "fit": _fit,
    "choose": _choice,
    "fit_sweep": _sweep,
    "sample_graphs": _graphs,
    "score_trained_features": _trained_features,
}
