"""Values as people read them, and as JSON keeps them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from doudi.words import as_json, cell


@pytest.mark.parametrize("absent", [None, pd.NA, pd.NaT, float("nan"), np.nan])
def test_what_is_absent_is_an_empty_cell(absent: object) -> None:
    assert cell(absent, zh=True) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(["X01", "X05"], "X01, X05"), ([], ""), (False, "no"), (0, "0"), ("", ""), (0.05, "0.05")],
)
def test_a_value_is_shown_plainly(value: object, shown: str) -> None:
    assert cell(value, zh=False) == shown


def test_a_moment_is_shown_to_the_minute() -> None:
    moment = datetime(2026, 6, 1, 8, 30, 12, 345, tzinfo=UTC)
    shown = moment.astimezone().strftime("%Y-%m-%d %H:%M")
    assert cell(moment, zh=True) == cell(pd.Timestamp(moment), zh=True) == shown


def test_json_has_lists_for_arrays_and_iso_for_moments() -> None:
    values = {"codes": np.array(["X01"]), "at": pd.Timestamp("2026-06-01T08:00Z")}
    assert json.loads(json.dumps(values, default=as_json)) == {
        "codes": ["X01"],
        "at": "2026-06-01T08:00:00+00:00",
    }
