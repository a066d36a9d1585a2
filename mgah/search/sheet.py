"""What a search found as text, as JSON, and as one page of pictures that needs nothing else."""

import base64
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from PIL import Image

from mgah.datasets.decode import decode_file
from mgah.encoding.codes_file import CodesHeader
from mgah.errors import InputError
from mgah.gallery.thumbnails import thumbnail
from mgah.progress import progress
from mgah.search.neighbors import Hits

#: Pixels of a picture's side.
SIDE = 96


@dataclass(frozen=True)
class Picture:
    """An image by its name, with the ``data:`` address of a small copy, "" where there is no image file."""

    name: str
    address: str


def as_text(queries: CodesHeader, database: CodesHeader, found: Sequence[Hits]) -> str:
    """Return a paragraph a query: its name, and distance and name of each neighbor."""
    paragraphs = [
        "\n".join([name, *(f"{away:5d}  {database.names[place]}" for place, away in _pairs(hits))])
        for name, hits in zip(queries.names, found, strict=True)
    ]
    return "\n\n".join(paragraphs)


def as_json(queries: CodesHeader, database: CodesHeader, found: Sequence[Hits]) -> str:
    """Return a JSON array with an object a query, of ``query`` and ``neighbors``, each of ``name`` and ``distance``."""
    content = [
        {
            "query": name,
            "neighbors": [{"name": database.names[place], "distance": away} for place, away in _pairs(hits)],
        }
        for name, hits in zip(queries.names, found, strict=True)
    ]
    return json.dumps(content, indent=2, ensure_ascii=False)


def as_html(
    queries: CodesHeader, database: CodesHeader, found: Sequence[Hits], images: Path | None = None
) -> tuple[str, list[str]]:
    """Return a page with a row a query: its picture, and those of its neighbors with their distances.

    Beside the page, the files of images on it that are not there or cannot be read: they have an empty box.

    Args:
        queries, database: what is known of their codes; ``images`` are the folders that names are relative to.
        found: the neighbors of each query.
        images: folder of the database's images, where it is another now.
    """
    at_home = str(images or database.images)
    picture = cache(_picture)
    rows, lacking = [], dict[str, None]()
    with progress("pictures", len(found), 0, "queries") as bar:
        for name, hits in zip(queries.names, found, strict=True):
            near = [(picture(at_home, database.names[place]), away) for place, away in _pairs(hits)]
            own = picture(queries.images, name)
            rows.append((own, near))
            shown = [(queries.images, own), *((at_home, neighbor) for neighbor, _ in near)]
            lacking |= {str(Path(place, of.name)): None for place, of in shown if place and not of.address}
            bar.update()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("sheet.html").render(
        rows=rows, side=SIDE, n_bits=database.n_bits, size=len(database.names)
    )
    return page, list(lacking)


def _pairs(hits: Hits) -> list[tuple[int, int]]:
    return list(zip(hits.places.tolist(), hits.distances.tolist(), strict=True))


def _picture(folder: str, name: str) -> Picture:
    file = Path(folder, name)
    if not folder or not os.path.isfile(file):  # takes any name
        return Picture(name, "")
    try:
        small = thumbnail(decode_file(file), SIDE)
    except InputError:
        return Picture(name, "")
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "WEBP", quality=80)
    return Picture(name, f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}")
