"""``doudi synth``: wishes that cannot be granted are wrong use, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("--size XL", "unknown size 'XL'"),
        ("--dirt 7", "unknown level of dirt '7'"),
        ("--rate E99=0.1", "unknown planted code 'E99'"),
        ("--rate E15=-0.1", "a rate out of range for E15: -0.1"),
        ("--rate E15", "a rate that cannot be read: 'E15'"),
        ("--sources hukou", "unknown source 'hukou'"),
        ("--sources ,", "no sources to deliver"),
        ("--boost -1", "a boost out of range: -1"),
        ("--boost nan", "a boost out of range: nan"),
        ("--processes 0", "0 processes"),
        ("--counties 0", "0 counties"),
        ("--counties -3", "-3 counties"),
        ("--counties 65", "65 counties"),
    ],
)
def test_a_wrong_wish_is_wrong_use(clerk: Clerk, tmp_path: Path, typed: str, told: str) -> None:
    said = clerk.types("synth", str(tmp_path / "county"), *typed.split())
    assert said.code == 2
    assert said.has(told), said.err
    assert not (tmp_path / "county").exists()
