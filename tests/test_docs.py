"""The example of docs/own-method.md is a method that works as it stands."""

import re
from pathlib import Path

import numpy as np

from mgah.methods.base import HashingMethod
from mgah.semantics.store import ClassSemantics

PAGE = Path(__file__).resolve().parents[1] / "docs/own-method.md"


def test_the_example_method_fits_and_encodes():
    source = re.search(r"```python\n(.*?)```", PAGE.read_text(), flags=re.S).group(1)
    namespace = {}
    exec(compile(source, str(PAGE), "exec"), namespace)
    example = namespace["MedianBits"]
    assert issubclass(example, HashingMethod)
    features = np.random.default_rng(0).standard_normal((50, 12)).astype(np.float32)
    semantics = ClassSemantics(("a", "b"), np.eye(2))
    codes = example(n_bits=8).fit(features, np.arange(50) % 2, semantics).encode(features)
    assert codes.shape == (50, 8)
    np.testing.assert_array_equal(codes.sum(axis=0), 0)


def test_the_pages_are_finished_and_their_links_lead_somewhere():
    root = PAGE.parents[1]
    for page in (root / "README.md", *sorted((root / "docs").glob("*.md"))):
        text = page.read_text()
        assert "@@" not in text, page
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" in link or (page.parent / link).exists(), f"{page}: {link}"


def test_the_readme_says_what_the_published_run_says():
    """Its table of claims is the first frame of the published one."""
    root = PAGE.parents[1]
    published = (root / "results/published/cpu/tables/claims.md").read_text()
    frame = published.split("## Does it hold?")[1].split("\n## ")[0]
    table = "\n".join(line for line in frame.splitlines() if line.startswith("|"))
    assert len(table.splitlines()) > 2 and table in (root / "README.md").read_text()
