"""``doudi synth describe``: one page about a county, in the language that was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from doudi.synth.county import SMALLEST, make_county

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county."""
    folder = tmp_path_factory.mktemp("described")
    make_county(folder, households=SMALLEST)
    return folder


def test_the_page_shows_every_figure_and_every_code(clerk: Clerk, made: Path) -> None:
    said = clerk.types("synth", "describe", str(made), "--json", "--lang", "en")
    assert said.code == 0
    receipt = json.loads(said.out)
    assert len(receipt["figures"]) > 25
    page = (made / "describe.html").read_text("utf-8")
    for words in ("people a household", "S73: NBS 2025-01-17", "E15", "L24", "Planted facts"):
        assert words in page
    assert page.count("<circle") == len(receipt["figures"])
    assert set(receipt["outside"]) <= set(receipt["figures"])


def test_the_page_is_in_chinese_unless_told_otherwise(
    clerk: Clerk, made: Path, tmp_path: Path
) -> None:
    out = tmp_path / "pages" / "county.html"
    said = clerk.types("synth", "describe", str(made), "--out", str(out), "--lang", "zh")
    assert said.code == 0
    assert "户均人口" in out.read_text("utf-8")
    assert "项指标中" in said.out


def test_a_folder_without_a_county_is_wrong_use(clerk: Clerk, tmp_path: Path) -> None:
    said = clerk.types("synth", "describe", str(tmp_path))
    assert said.code == 2
    assert said.has("no whole synthetic county")


def test_a_province_is_described_county_by_county(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "539901").mkdir()
    (tmp_path / "539901" / "county.json").write_text("{}", "utf-8")
    said = clerk.types("synth", "describe", str(tmp_path))
    assert said.code == 2
    assert said.has("539901")


def test_a_county_of_some_sources_is_told_which_are_missing(clerk: Clerk, tmp_path: Path) -> None:
    one = tmp_path / "county"
    assert clerk.types("synth", str(one), "--sources", "area_code_history").code == 0
    said = clerk.types("synth", "describe", str(one))
    assert said.code == 2
    assert said.has("hukou_population")


def test_a_described_county_is_replaced_by_force(clerk: Clerk, made: Path) -> None:
    (made / "describe.html").write_text("old", "utf-8")
    said = clerk.types("synth", str(made), "--force", "--sources", "poverty_archive")
    assert said.code == 0
    assert not (made / "describe.html").exists()
