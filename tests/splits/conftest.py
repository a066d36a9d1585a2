import numpy as np
import pandas as pd
import pytest


def table(sizes: dict[str, int]) -> pd.DataFrame:
    """An images table with ``sizes`` images of each class, all different; class ids in the order given."""
    rows = sorted((f"{name}/{i:04d}", name) for name, size in sizes.items() for i in range(size))
    paths, names = zip(*rows, strict=True)
    class_ids = [list(sizes).index(name) for name in names]
    content = [f"{i:032x}" for i in range(len(rows))]
    return pd.DataFrame(
        {
            "id": np.arange(len(rows)),
            "class_id": class_ids,
            "class_name": names,
            "path": paths,
            "content": content,
        }
    )


@pytest.fixture
def images() -> pd.DataFrame:
    """Class ids are not in path order: zebra has id 0."""
    return table({"zebra": 30, "cat": 40, "dog": 25, "ant": 20})
