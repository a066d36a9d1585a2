"""The classes of ImageNet-1K (ILSVRC 2012), which most published weights were trained on."""

from functools import cache
from pathlib import Path


@cache
def imagenet1k_classes() -> tuple[str, ...]:
    """WordNet 3.0 noun ids (``n01440764``) of the 1,000 classes, in the usual order of classifier outputs."""
    return tuple(Path(__file__).with_name("imagenet1k_wnids.txt").read_text(encoding="ascii").split())
