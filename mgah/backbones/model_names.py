"""Networks of other packages by name, such as ``torchvision:resnet50.IMAGENET1K_V2``.

A name is the package, the model, and after a point the model's weights. Models and weights are read in the packages'
sources, which imports none of them: a dry run needs neither NumPy nor torch.
"""

import functools
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from mgah.errors import InputError
from mgah.near import near

#: Packages that define networks, by the backbone that builds them, with the extra that brings each; "" for none.
EXTRAS = {"torchvision": "", "timm": "timm", "open_clip": "open_clip"}
#: Weights of torchvision where none are named: an entry that never changes, as its DEFAULT does.
FIRST = "IMAGENET1K_V1"
#: Words in the name of weights of timm that tell of more images than those of ImageNet-1K, or of a teacher.
_MORE = {"ft", "jft", "swag", "ssl", "swsl", "ssld", "in12k", "in21k", "in22k", "dist", "distilled", "usi"}
_TIMM_MODEL = re.compile(r"^@register_model\s*\n(?:@.*\n)*def (\w+)\(", re.MULTILINE)
_TIMM_WEIGHTS = re.compile(r"^\s+['\"](\w+)\.(\w+)\*?['\"]\s*:", re.MULTILINE)
_TORCHVISION_MODEL = re.compile(
    r"^@register_model\(\)\n(?:@.*\n)*def (\w+)\([^)]*?Optional\[(\w+)\]", re.MULTILINE
)
_TORCHVISION_WEIGHTS = re.compile(r"^class (\w+)\(WeightsEnum\):\n((?:[ \t].*\n|\n)*)", re.MULTILINE)
_TORCHVISION_ENTRY = re.compile(r"^    (\w+) = Weights\(", re.MULTILINE)


def expanded(word: str, options: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Return the backbone and its options that ``word`` names, a backbone or a package and a model.

    Examples:
        >>> expanded("timm:resnet18.a1_in1k", {"image_size": 64})
        ('timm', {'model': 'resnet18.a1_in1k', 'image_size': 64})
        >>> expanded("alexnet", {})
        ('alexnet', {})
    """
    package, colon, model = word.partition(":")
    return (package, {"model": model, **options}) if colon and package in EXTRAS else (word, dict(options))


def parted(model: str) -> tuple[str, str]:
    """Return the model and its weights, "" where the name has none.

    Examples:
        >>> parted("resnet50.IMAGENET1K_V2"), parted("ViT-B-32")
        (('resnet50', 'IMAGENET1K_V2'), ('ViT-B-32', ''))
    """
    name, _, weights = model.partition(".")
    return name, weights


def check_model(package: str, model: object) -> None:
    """Raise `InputError` for a package that is not installed, or a model or weights that it does not have."""
    if find_spec(package) is None:
        raise InputError(
            f"backbone {package} needs the package {package}: pip install 'mgah-benchmark[{EXTRAS[package]}]'"
        )
    if not isinstance(model, str) or not model:
        raise InputError(
            f"backbone {package}: model is {model!r}, expected the name of a model, as in backbone: "
            f"'{package}:<model>'"
        )
    known = models(package)
    name, weights = parted(model)
    if name not in known:
        raise InputError(
            f"{package} has no model {name!r}, expected one of its {len(known)}, from {min(known)} to {max(known)}"
            f"{near(name, known)}"
        )
    if weights and known[name] and weights not in known[name]:
        raise InputError(
            f"{package} has no weights {weights!r} of {name}, expected one of {', '.join(known[name])}"
            f"{near(weights, known[name])}"
        )


@functools.cache
def models(package: str) -> dict[str, tuple[str, ...]]:
    """Return the models of an installed ``package`` and, where its sources list them, the names of their weights."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = Path(spec.submodule_search_locations[0])
    if package == "open_clip":
        return {path.stem: () for path in sorted((folder / "model_configs").glob("*.json"))}
    texts = [path.read_text(encoding="utf-8") for path in sorted((folder / "models").glob("*.py"))]
    return _of_timm(texts) if package == "timm" else _of_torchvision(texts)


def _of_timm(texts: list[str]) -> dict[str, tuple[str, ...]]:
    weights: dict[str, list[str]] = {}
    for text in texts:
        for name, tag in _TIMM_WEIGHTS.findall(text):
            weights.setdefault(name, []).append(tag)
    return {name: tuple(weights.get(name, ())) for text in texts for name in _TIMM_MODEL.findall(text)}


def _of_torchvision(texts: list[str]) -> dict[str, tuple[str, ...]]:
    entries = {
        name: tuple(_TORCHVISION_ENTRY.findall(body))
        for text in texts
        for name, body in _TORCHVISION_WEIGHTS.findall(text)
    }
    found = [pair for text in texts for pair in _TORCHVISION_MODEL.findall(text)]
    return {name: entries.get(weights, ()) for name, weights in found}


def trained_on(package: str, model: str) -> str:
    """Return what the published weights of ``model`` were trained on: ``imagenet1k`` or ``unknown``.

    Examples:
        >>> trained_on("torchvision", "resnet50"), trained_on("torchvision", "vit_h_14.IMAGENET1K_SWAG_E2E_V1")
        ('imagenet1k', 'unknown')
        >>> trained_on("timm", "resnet18.a1_in1k"), trained_on("timm", "vit_small_patch14_dinov2.lvd142m")
        ('imagenet1k', 'unknown')
        >>> trained_on("open_clip", "ViT-B-32.openai")
        'unknown'
    """
    weights = parted(model)[1]
    if package == "torchvision":
        known = "SWAG" not in weights
    else:
        only = re.search(r"(^|_)in1k(_\d+)?\Z", weights) and not _MORE & set(weights.split("_"))
        known = package == "timm" and bool(only)
    return "imagenet1k" if known else "unknown"
