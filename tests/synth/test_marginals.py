"""A county beside published figures, and the relapses that the setting promises."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.graph.errors import UsageError
from doudi.synth.county import make_county
from doudi.synth.marginals import marginals, published

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.conftest import County

LARGE = 20_000
"""Households from which on relapses are as rare as published."""
CHANCE = {
    *("return_of_former", "surname_wang", "kin_of_officials", "deaths", "cancel_lag", "twins"),
    "remarriages",
}
"""Figures that a small county's chance, or its stress setting, may carry out of their bounds."""


def test_every_figure_has_bounds_around_it_a_source_and_a_reason() -> None:
    assert len(published()) > 25
    assert len({figure.id for figure in published()}) == len(published())
    for figure in published():
        assert figure.low < figure.high, figure.id
        assert figure.source, figure.id
        assert figure.why, figure.id


def test_a_small_county_is_like_a_real_one_in_what_chance_leaves_alone(county: County) -> None:
    found = marginals(county.folder)
    assert not any(math.isnan(figure.value) for figure in found)
    outside = {figure.of.id for figure in found if not figure.within}
    assert outside <= CHANCE | {"severe_disease", "sex_ratio"}


def test_a_folder_without_a_county_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no whole synthetic county"):
        marginals(tmp_path)


def test_a_large_county_falls_back_as_rarely_as_published(tmp_path: Path) -> None:
    make_county(tmp_path, households=LARGE, sources=["poverty_archive", "hukou_population"])
    risk = pd.read_parquet(tmp_path / "truth" / "risk.parquet")
    assert 0.0005 < len(risk) / 5 / LARGE < 0.0025
    assert 0.3 < risk["observed"].mean() < 0.85
    stressed = tmp_path / "stressed"
    make_county(stressed, households=LARGE, sources=["poverty_archive"], stress=True)
    assert len(pd.read_parquet(stressed / "truth" / "risk.parquet")) > 10 * len(risk)
