"""The clock of the machine may jump: days come from the deliveries, order from running numbers."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from doudi.loaders.load import load
from tests.loaders.test_planted_faults import payments, tables_of, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NOON = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
JUMPS = {
    "a day forwards": [timedelta(), timedelta(days=1)],
    "a day backwards": [timedelta(), timedelta(days=-1)],
    "summer time": [timedelta(hours=-1), timedelta(), timedelta(hours=1)],
    "1970": [timedelta(), datetime(1970, 1, 1, tzinfo=UTC) - NOON],
    "backwards all the time": [timedelta(hours=-n) for n in range(100)],
}
DELIVERIES = {"2026-04": "2026-05-05", "2026-05": "2026-06-05", "2026-03": "2026-04-05"}
"""Batches and the days on which they were received, in the order in which they are loaded."""


def clock(jumps: Iterable[timedelta]) -> type[datetime]:
    """A ``datetime`` whose ``now`` jumps each time it is asked."""
    offsets = cycle(jumps)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain one
            return (NOON + next(offsets)).astimezone(tz)

    return Jumping


def loaded(folder: Path) -> list[tuple[str, ...]]:
    """What three deliveries leave, the last of them a late one."""
    home = folder / "home"
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "pid.key").write_bytes(b"k" * 32)
    for number, (batch, day) in enumerate(DELIVERIES.items()):
        delivery = folder / batch
        delivery.mkdir()
        (delivery / "delivery.toml").write_text(f'as_known = {day}\nmode = "delta"\n')
        rows = payments(900 + 100 * number)[0][300 * number :]
        (delivery / "one_card_payment.csv").write_text(text(rows), "utf-8")
        load(delivery, home)
    return tables_of(home)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    return loaded(tmp_path_factory.mktemp("steady"))


@pytest.fixture(params=["Asia/Shanghai", "America/New_York"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The time zone of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_changes_nothing(
    tmp_path: Path,
    steady: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    jumps: list[timedelta],
) -> None:
    jumping, asked = clock(jumps), 0
    for name, module in list(sys.modules.items()):
        if name.startswith("doudi.") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", jumping)
            asked += 1
    assert asked
    assert loaded(tmp_path) == steady
