"""``mgah encode``: codes of one's own images or features."""

import os
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

Model = Annotated[
    Path,
    Argument(
        metavar="MODEL",
        help="A trained model: results/RUN/models/.../BITS.safetensors, in its run's folder.",
        show_default=False,
    ),
]
DataDir = Annotated[
    Path, Option(help="Folder of raw data, in which the backbone's weights are.", envvar="MGAH_DATA")
]
Weights = Annotated[
    Path | None, Option(help="File of the backbone's weights, where the data folder does not have it.")
]
Device = Annotated[str, Option(help="Device of the backbone: auto, cuda, mps or cpu.")]
Threads = Annotated[int, Option(help="CPU cores of the backbone.", min=1, show_default="all")]
CORES = os.cpu_count() or 1


def encode(
    model: Model,
    source: Annotated[
        Path,
        Argument(
            metavar="INPUT",
            help="An image, a folder of images, a list of images (.txt), or features (.npy, or .npz with features).",
        ),
    ],
    output: Annotated[
        Path,
        Option("--output", "-o", help="File of codes: .npz with names, or .npy with the packed codes alone."),
    ],
    data_dir: DataDir = Path("data"),
    weights: Weights = None,
    device: Device = "auto",
    threads: Threads = CORES,
    unreadable: Annotated[
        str, Option(help="What to do about images that cannot be read: stop and name them, or skip them.")
    ] = "stop",
) -> None:
    """Encode images or features with a trained model.

    Images pass through the backbone that the model was trained on; features are rows of that backbone, made before.
    The codes are packed, eight bits a byte, the most significant first. Method, backbone and weights are found by the
    cards of the run; weights with another checksum are refused.

    Example: mgah encode results/cpu/models/.../32.safetensors photos --output photos.npz
    """
    from mgah.datasets.unreadable import UNREADABLE, left_out
    from mgah.encoding.codes_file import check_target, write_named_codes
    from mgah.encoding.encoder import read_encoder
    from mgah.encoding.inputs import Images, read_input
    from mgah.errors import InputError
    from mgah.io.targets import check_targets
    from mgah.words import counted

    if unreadable not in UNREADABLE:
        raise InputError(f"--unreadable is {unreadable!r}, expected {' or '.join(UNREADABLE)}")
    check_target(output)
    check_targets([output], [source, model, model.with_suffix(".json"), weights])
    encoder, given = read_encoder(model), read_input(source)
    backbone = encoder.backbone(data_dir, weights) if isinstance(given, Images) else None
    lost: dict[str, InputError] | None = {} if unreadable == "skip" else None
    codes = encoder.encode(given, backbone, device, threads, lost)
    write_named_codes(output, codes)
    if lost:
        print("\n".join(f"left out: {lost[name]}" for name in sorted(lost)))
        print(left_out(lost, str(source)))
    print(f"{counted(len(codes.names), 'code')} of {counted(codes.n_bits, 'bit')} in {output}")
