"""``mgah export``: models and codes in forms that other programs read."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from mgah.commands.encode import DataDir, Weights
from mgah.errors import InputError
from mgah.words import counted


def export(
    source: Annotated[
        Path,
        Argument(
            metavar="SOURCE",
            help="A model (.safetensors) for --onnx, or codes (.npz) for --npy, --csv and --faiss.",
        ),
    ],
    onnx: Annotated[
        Path | None, Option(metavar="FILE", help="The whole encoder, backbone and hash layer, as ONNX.")
    ] = None,
    check: Annotated[
        Path | None,
        Option(metavar="IMAGES", help="Images on which the ONNX file must give the bits that PyTorch gives."),
    ] = None,
    npy: Annotated[
        Path | None, Option(metavar="FILE", help="Codes as int8 of -1 and +1, a row each.")
    ] = None,
    csv: Annotated[
        Path | None, Option(metavar="FILE", help="Codes as a table of names and texts of 0 and 1.")
    ] = None,
    faiss: Annotated[
        Path | None, Option(metavar="FILE", help="Codes as a flat index of FAISS, as mgah index makes it.")
    ] = None,
    data_dir: DataDir = Path("data"),
    weights: Weights = None,
) -> None:
    """Write a model or codes in forms that other programs read.

    The ONNX file takes images as the backbone prepares them, float32; of a network that was trained end to end, square
    images of bytes; of features that are no network's, these. It returns codes of -1 and +1, and the values whose signs
    they are. It needs pip install 'mgah-benchmark[onnx]'.

    Examples: mgah export results/RUN/models/.../32.safetensors --onnx encoder.onnx --check photos;
    mgah export photos.npz --csv photos.csv
    """
    tables = [target for target in (npy, csv, faiss) if target]
    if source.suffix == ".safetensors":
        if tables or not onnx:
            raise InputError(
                f"{source} is a model, expected --onnx FILE alone: codes of it come from mgah encode"
            )
        _write_encoder(source, onnx, check, data_dir, weights)
        return
    if onnx or check or not tables:
        raise InputError(f"{source} is no model, expected codes, with --npy, --csv or --faiss FILE")
    _write_codes(source, npy, csv, faiss)


def _write_encoder(
    model: Path, target: Path, check: Path | None, data_dir: Path, weights: Path | None
) -> None:
    from mgah.encoding.encoder import read_encoder
    from mgah.encoding.inputs import Images, read_input
    from mgah.encoding.onnx_file import differing_bits, expected_codes, write_onnx
    from mgah.io.targets import check_suffix, check_targets

    check_suffix(target, (".onnx",), "an ONNX file")
    check_targets([target], [model, model.with_suffix(".json"), check, weights])
    encoder = read_encoder(model)
    backbone, images = encoder.backbone(data_dir, weights), read_input(check) if check else None
    if images is not None and not isinstance(images, Images):
        raise InputError(f"{check} holds features, expected images: the file is compared from images to bits")
    # before anything is written, as an image may be unreadable
    codes = None if images is None else expected_codes(encoder, backbone, images)
    write_onnx(target, encoder, backbone)
    print(f"encoder of {counted(encoder.method.n_bits, 'bit')} in {target}")
    if images is not None and codes is not None:
        differ, total = differing_bits(target, codes, backbone, images)
        if differ:
            raise InputError(
                f"{target}: {differ:,} of {counted(total, 'bit')} differ from PyTorch's, expected none"
            )
        print(f"all {counted(total, 'bit')} of {counted(len(images.names), 'image')} are equal to PyTorch's")


def _write_codes(source: Path, npy: Path | None, csv: Path | None, faiss: Path | None) -> None:
    from mgah.encoding.codes_file import read_named_codes
    from mgah.encoding.exports import check_signs_target, check_table_target, write_signs, write_table
    from mgah.io.targets import check_targets
    from mgah.search.faiss_index import build_index, check_target, write_index

    if npy:
        check_signs_target(npy)
    if csv:
        check_table_target(csv)
    if faiss:
        check_target(faiss)
    check_targets([npy, csv, faiss, faiss and faiss.with_suffix(".json")], [source])
    codes = read_named_codes(source)
    index = build_index(codes) if faiss else None  # before anything is written, as FAISS may not be there
    if npy:
        write_signs(npy, codes)
    if csv:
        write_table(csv, codes)
    if faiss and index:
        write_index(faiss, index)
    for target in filter(None, (npy, csv, faiss)):
        print(f"{counted(len(codes.names), 'code')} of {counted(codes.n_bits, 'bit')} in {target}")
