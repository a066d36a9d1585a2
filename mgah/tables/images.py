"""The images table (``images.csv``): every image of a dataset by a stable id. Writer and reader side by side.

Columns: ``id`` int, rank of ``path`` among all paths sorted as text, so that it is the same on every machine;
``class_id`` int, index into the dataset's class list; ``class_name`` str; ``path`` str, the image's path inside
the dataset; ``content`` str, 32 hexadecimal digits, the hash of the decoded RGB pixels and their shape.
"""

import pandas as pd

from mgah.tables.format import TableFormat


def _fault(images: pd.DataFrame) -> str | None:
    if images.empty:
        return "has no rows, expected one for each image of the dataset"
    if not (images["id"].to_numpy() == range(len(images))).all():
        return "has ids that are not 0, 1, 2, ... in order"
    if not images["path"].is_monotonic_increasing or images["path"].duplicated().any():
        return "is not sorted by unique paths"
    classes = images[["class_id", "class_name"]].drop_duplicates()
    if wrong := [number for number in classes["class_id"].tolist() if not 0 <= number <= MAX_CLASS]:
        return f"has the class id {wrong[0]}, expected ids from 0 to {MAX_CLASS:,}"
    if classes["class_id"].duplicated().any() or classes["class_name"].duplicated().any():
        return "gives a class id two names or a class name two ids"
    if not images["content"].str.fullmatch("[0-9a-f]{32}").all():
        return "has a content that is not 32 hexadecimal digits"
    return None


#: Highest class id that a codes file can hold.
MAX_CLASS = (1 << 15) - 1
IMAGES = TableFormat(
    name="images table",
    columns={"id": int, "class_id": int, "class_name": str, "path": str, "content": str},
    empty=False,
    check=_fault,
)
COLUMNS = tuple(IMAGES.columns)
write_images, read_images = IMAGES.write, IMAGES.read
