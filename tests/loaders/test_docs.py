"""The page on adding a source is true: its example is read, its words are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doudi.loaders.declare import BLOCK, COLUMN, HEAD, read_sources
from doudi.loaders.source import TYPES

PAGE = Path(__file__).parents[2] / "docs" / "add-a-source.md"
pytestmark = [
    pytest.mark.checkout,
    pytest.mark.skipif(not PAGE.exists(), reason="compares with files of the checkout"),
]


def test_the_example_of_the_page_is_sound() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    source = read_sources([("docs/add-a-source.md", example)])["market_stall"]
    assert source.ends == {"to_date": "from_date"}
    assert [block.label or block.triple for block in source.blocks] == [
        "Company",
        ("LEGAL_REP_OF", "Person", "Company"),
    ]


def test_every_entry_and_type_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    left_out = {"rows_table", "sensitivity", "name", "label", "epoch", "legal_basis"}
    for word in {*HEAD, *COLUMN, *BLOCK, *TYPES} - left_out:
        assert word in page, word
