"""GoogLeNet, global average pool: 1,024 values (Szegedy et al., CVPR 2015)."""

from torch import nn
from torchvision.models import GoogLeNet_Weights, googlenet

from mgah.backbones.torchvision_backbone import TorchvisionBackbone


class GoogLeNet(TorchvisionBackbone):
    """The input of the classifier in torchvision's GoogLeNet."""

    name = "googlenet"
    dimension = 1024
    n_weights = 5_614_464
    url = GoogLeNet_Weights.IMAGENET1K_V1.url
    size = "50 MB"
    description = "Features are the global average pool of torchvision's GoogLeNet, frozen."
    # the two auxiliary classifiers serve training only
    unused = ("aux1.", "aux2.")

    @classmethod
    def _model(cls) -> nn.Module:
        # the published weights expect pixels in [-1, 1]: transform_input gets there from ImageNet's mean
        return googlenet(weights=None, aux_logits=False, transform_input=True, init_weights=False)

    @classmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        model.fc = nn.Identity()
        return model
