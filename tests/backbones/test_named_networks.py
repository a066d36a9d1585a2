"""Networks of other packages by name: the right layer, the transform of their weights, and what is said of them."""

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torchvision.models import ResNet50_Weights, VisionTransformer, get_model

from mgah import registry
from mgah.backbones import torchvision as by_name
from mgah.backbones.googlenet import GoogLeNet
from mgah.backbones.torchvision import Torchvision
from mgah.backbones.weights_card import write_trained_weights
from mgah.errors import InputError
from mgah.io.files import sha256
from tests.fixtures.packages import skip_without_package

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shuffle(tmp_path_factory):
    """A small network of torchvision with random weights, and their file."""
    torch.manual_seed(3)
    network = get_model("shufflenet_v2_x0_5", weights=None).eval()
    file = tmp_path_factory.mktemp("weights") / "own.safetensors"
    save_file(network.state_dict(), file)
    return network, file


def _batch(backbone, pictures):
    return np.stack([backbone.preprocess(picture) for picture in pictures])


def test_features_are_the_input_of_the_classifier(shuffle, pictures):
    network, file = shuffle
    backbone = Torchvision(file, model="shufflenet_v2_x0_5", image_size=64)
    batch = _batch(backbone, pictures[:2])
    rows = torch.from_numpy(backbone.forward(batch))
    assert rows.shape == (2, backbone.dimension) == (2, 1024)
    with torch.inference_mode():
        torch.testing.assert_close(network.fc(rows), network(torch.from_numpy(batch)))


def test_a_network_is_built_as_torchvision_builds_it_for_its_weights(tmp_path, pictures):
    weights = GoogLeNet.example_weights(tmp_path)
    one = GoogLeNet(weights, image_size=64)
    other = Torchvision(weights, model="googlenet", image_size=64)
    batch = _batch(one, pictures[:1])
    np.testing.assert_array_equal(_batch(other, pictures[:1]), batch)
    np.testing.assert_array_equal(other.forward(batch), one.forward(batch))


@pytest.mark.parametrize("model", ["squeezenet1_1", "vit_b_32", "maxvit_t", "vgg11", "convnext_tiny"])
def test_the_classifier_is_the_last_layer(model):
    with torch.device("meta"):
        network = get_model(model, weights=None)
        classifier = by_name._drop_classifier(network)
        features = network.eval()(torch.zeros(1, 3, 224, 224))
    assert features.shape[0] == 1 and features.ndim == 2
    expected = {
        "squeezenet1_1": "classifier.1",
        "vit_b_32": "heads.head",
        "maxvit_t": "classifier.5",
        "vgg11": "classifier.6",
        "convnext_tiny": "classifier.2",
    }
    assert classifier == expected[model]


def test_images_pass_through_the_transform_of_the_named_weights(monkeypatch, pictures, tmp_path):
    monkeypatch.setattr(by_name, "get_model", lambda name, **_: get_model("squeezenet1_1"))
    weights = Torchvision.example_weights(tmp_path)
    backbone = Torchvision(weights, model="resnet50.IMAGENET1K_V2")
    small = Torchvision(weights, model="resnet50.IMAGENET1K_V2", image_size=64)
    image = Image.fromarray(pictures[0])
    own = ResNet50_Weights.IMAGENET1K_V2.transforms
    np.testing.assert_array_equal(backbone.preprocess(pictures[0]), own()(image).numpy())
    expected = own(crop_size=64, resize_size=round(64 * 232 / 224))(image).numpy()
    np.testing.assert_array_equal(small.preprocess(pictures[0]), expected)
    assert backbone.fingerprint() != small.fingerprint()


def test_what_a_local_file_was_trained_on_is_not_known_and_said_so(shuffle):
    _, file = shuffle
    backbone = Torchvision(file, model="shufflenet_v2_x0_5", image_size=64)
    assert backbone.training_classes() is None and "is not known" in backbone.notes[-1]
    assert (backbone.weights_file, backbone.weights_sha256) == ("own.safetensors", sha256(file))
    assert backbone.name == "torchvision:shufflenet_v2_x0_5.IMAGENET1K_V1"
    told = Torchvision(file, model="shufflenet_v2_x0_5", image_size=64, trained_on="imagenet1k")
    assert len(told.training_classes()) == 1000 and "has seen" in told.notes[-1]


def test_the_card_beside_a_file_says_what_it_was_trained_on(shuffle, tmp_path):
    network, _ = shuffle
    file, sentence = tmp_path / "mine.safetensors", "Trained on goldfish."
    write_trained_weights(file, network.state_dict(), ["n01443537"], [sentence], {})
    backbone = Torchvision(file, model="shufflenet_v2_x0_5", image_size=64)
    assert backbone.training_classes() == ("n01443537",) and backbone.notes[-1] == sentence


@pytest.mark.parametrize(("entry", "known"), [("IMAGENET1K_V1", True), ("IMAGENET1K_SWAG_LINEAR_V1", False)])
def test_published_weights_are_known_by_their_checksum(entry, known, monkeypatch, tmp_path):
    weights = Torchvision.example_weights(tmp_path)
    monkeypatch.setattr(by_name, "get_model", lambda name, **_: get_model("squeezenet1_1"))
    monkeypatch.setattr(by_name, "checksum_prefix", lambda name: sha256(weights)[:8])
    classes = Torchvision(weights, model=f"regnet_y_16gf.{entry}").training_classes()
    assert (classes is not None) == known


def test_the_published_file_is_what_a_run_needs():
    entry = ResNet50_Weights.IMAGENET1K_V2
    (need,) = Torchvision.needs("weights", model="resnet50.IMAGENET1K_V2", image_size=64)
    assert (need.url, need.size) == (entry.url, f"{entry.meta['_file_size']:.0f} MB")
    assert need.places == (f"weights/{entry.url.rsplit('/', 1)[1]}",)
    (own,) = Torchvision.needs("own.safetensors", model="resnet50")
    assert own.places == ("own.safetensors",) and not own.url


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"model": "vit_h_14"},
            r"has no weights IMAGENET1K_V1, expected one of .*torchvision:vit_h_14\.IMAGENET1K_SWAG",
        ),
        (
            {"model": "resnet18"},
            r"torchvision:resnet18\.IMAGENET1K_V1 needs weights: give a folder, into which resnet18-",
        ),
        ({"model": "resnet18", "image_size": 0}, "image_size is 0, expected an integer of 1 or more"),
        ({"model": "resnet18", "trained_on": "cifar"}, "trained_on is 'cifar', expected one of unknown"),
    ],
)
def test_options_that_cannot_be_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        Torchvision(**options)


def test_an_image_size_that_a_network_does_not_take_is_refused(tmp_path):
    network = VisionTransformer(
        image_size=224, patch_size=32, num_layers=1, num_heads=2, hidden_dim=64, mlp_dim=64
    )
    torch.save(network.state_dict(), tmp_path / "vit.pth")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_name, "get_model", lambda name, **_: network)
        with pytest.raises(InputError, match=r"vit_b_32\.IMAGENET1K_V1 does not take images of 64 pixels"):
            Torchvision(tmp_path / "vit.pth", model="vit_b_32", image_size=64)


def test_a_file_of_another_network_is_refused(shuffle, tmp_path):
    _, file = shuffle
    with pytest.raises(InputError, match="does not fit ResNet: it lacks"):
        Torchvision(file, model="resnet18")


@pytest.fixture
def timm():
    skip_without_package("timm")
    return registry.load("backbones", "timm")


@pytest.mark.parametrize("classes", [1000, 7, 0])
def test_timms_features_are_those_before_a_classifier_of_any_classes(timm, classes, tmp_path, pictures):
    from timm import create_model

    network = create_model(timm.example_model, num_classes=classes).eval()
    save_file(network.state_dict(), tmp_path / "own.safetensors")
    backbone = timm(tmp_path / "own.safetensors", model=timm.example_model)
    batch = _batch(backbone, pictures[:2])
    with torch.inference_mode():
        expected = network.forward_head(network.forward_features(torch.from_numpy(batch)), pre_logits=True)
    np.testing.assert_allclose(backbone.forward(batch), expected, rtol=1e-5, atol=1e-5)
    assert backbone.weights_sha256 == sha256(tmp_path / "own.safetensors")
    assert backbone.training_classes() is None


def test_timms_transform_and_position_embeddings_follow_the_image_size(timm, tmp_path, pictures):
    from timm import create_model

    weights = tmp_path / "own.pth"
    torch.save(create_model("vit_tiny_patch16_224").state_dict(), weights)
    backbone = timm(weights, model="vit_tiny_patch16_224.augreg_in21k_ft_in1k", image_size=64)
    assert backbone.forward(_batch(backbone, pictures[:1])).shape == (1, 192)
    assert tuple(backbone.input_shape) == (3, 64, 64) and "64 x 64 pixels" in backbone.notes[1]
    white = backbone.preprocess(np.full((64, 64, 3), 255, np.uint8))
    np.testing.assert_allclose(white, 1, atol=1e-6)  # mean and deviation of these weights are 0.5


def test_timms_weights_of_another_network_are_refused(timm, tmp_path):
    from timm import create_model

    torch.save(create_model("resnet18").state_dict(), tmp_path / "other.pth")
    with pytest.raises(InputError, match=r"other\.pth does not fit timm:resnet10t"):
        timm(tmp_path / "other.pth", model="resnet10t")


def test_open_clips_features_are_the_embeddings_of_images(tmp_path, pictures):
    skip_without_package("open_clip")
    from open_clip import create_model_and_transforms

    cls = registry.load("backbones", "open_clip")
    model, _, transform = create_model_and_transforms(cls.example_model)
    save_file(model.state_dict(), tmp_path / "whole.safetensors")
    backbone = cls(tmp_path / "whole.safetensors", model=cls.example_model)
    image = transform(Image.fromarray(pictures[0]))
    np.testing.assert_array_equal(backbone.preprocess(pictures[0]), image.numpy())
    with torch.inference_mode():
        expected = model.eval().encode_image(image[None])
    np.testing.assert_allclose(backbone.forward(image[None].numpy()), expected, rtol=1e-5, atol=1e-5)
    assert backbone.training_classes() is None and "not known" in backbone.notes[-1]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (
            "ViT-B-32.openia",
            "open_clip:ViT-B-32 has no weights 'openia': expected one of .*; do you mean openai",
        ),
        ("ViT-B-32", "open_clip:ViT-B-32 needs weights: expected one of openai"),
    ],
)
def test_open_clips_weights_are_named(model, words):
    skip_without_package("open_clip")
    with pytest.raises(InputError, match=words):
        registry.build("backbones", "open_clip", model=model)
