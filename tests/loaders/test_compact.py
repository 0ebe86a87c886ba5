"""Small files made one: every answer at every day stays, also where the work was cut off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from doudi.graph import compact as compaction
from doudi.graph.compact import compact
from doudi.graph.tables import FactStore
from tests.loaders.test_modes import DELTA, MEMBER_OF, member, members

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.conftest import Office

DAYS = tuple(date(2026, month, 28) for month in range(3, 11))


def answers(office: Office) -> list[object]:
    """What is known at every day."""
    return [(office.links(*MEMBER_OF, as_known=day), office.nodes("Person", day)) for day in DAYS]


@pytest.fixture
def changed(office: Office, people: list[str]) -> Office:
    """An office with changes, an end, and a late delivery."""
    for income in ("100", "300", "200"):
        office.deliver(members(member(people[0], income), member(people[1])), DELTA)
    office.deliver(members(member(people[1])))
    office.deliver(members(member(people[0], "250"), member(people[2])), batch="2026-03")
    return office


def files(office: Office) -> list[Path]:
    return FactStore(office.home / "tables").files(*MEMBER_OF)


def test_no_answer_changes_and_one_file_is_left(changed: Office) -> None:
    before, following = answers(changed), FactStore(changed.home / "tables").next_seq()
    merged, made = compact(FactStore(changed.home / "tables"))
    assert (len(files(changed)), merged > made) == (1, True)
    assert answers(changed) == before
    assert FactStore(changed.home / "tables").next_seq() == following


def test_compacting_twice_changes_no_file(changed: Office) -> None:
    compact(FactStore(changed.home / "tables"))
    before = {p: p.stat().st_mtime_ns for p in changed.home.rglob("*.parquet")}
    assert compact(FactStore(changed.home / "tables")) == (0, 0)
    assert {p: p.stat().st_mtime_ns for p in changed.home.rglob("*.parquet")} == before


def test_a_crash_before_the_old_files_go_leaves_the_same_answers(
    changed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, count = answers(changed), len(files(changed))

    def crash(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compaction, "sync_folder", crash)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            compact(FactStore(changed.home / "tables"))
        assert answers(changed) == before
    monkeypatch.undo()
    compact(FactStore(changed.home / "tables"))
    assert answers(changed) == before
    assert len(files(changed)) == 1 < count


def test_a_late_delivery_after_compaction_takes_its_place(
    changed: Office, people: list[str]
) -> None:
    compact(FactStore(changed.home / "tables"))
    late = members(member(people[3], "70"), member(people[0], "90"), member(people[1]))
    changed.deliver(late, batch="2026-02")
    assert len(changed.links(*MEMBER_OF, as_known=date(2026, 3, 28))) == 3
    now = [r for r in changed.links(*MEMBER_OF) if r["valid_to"] is None]
    assert [r["declared_income_yuan"] for r in now] == [100.0]
