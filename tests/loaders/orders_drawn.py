"""Random deliveries of four small sources, and repairs of their lines on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.loaders.conftest import number

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
[source]
slug = "{slug}"
title = {{ zh = "试", en = "trial" }}
publisher = "民政"
cadence = "monthly"
nature = "{nature}"
key = {key}
key_kind = "{kind}"
changes = ["status"]
ends = {{ stop = "{start}" }}
{main}
[columns]
k = {{ zh = "户编号", type = "str", role = "key" }}
owner_id = {{ zh = "证件号", type = "id18" }}
status = {{ zh = "状态", type = "enum" }}
note = {{ zh = "说明", type = "str" }}
day = {{ zh = "日期", type = "{type}", role = "{role}" }}
stop = {{ zh = "止", type = "date" }}
[[node]]
label = "Household"
id = "'trial/' || k"
set.register = "status"
[[link]]
type = "MEMBER_OF"
from = {{ label = "Person", id = "owner_id" }}
to = {{ label = "Household", id = "'trial/' || k" }}
valid_from = "coalesce(CAST(day AS DATE), first_seen)"
valid_to = "stop"
set.relation_to_head = "status"
set.labour_capacity = "note"
"""
NATURES = {
    "trial_register": ("register", "id"),
    "trial_event": ("event", "id"),
    "trial_bag": ("event", "group"),
    "trial_month": ("month", "group"),
}
COLUMNS = ("k", "owner_id", "status", "note", "day", "stop")
OWNERS = tuple(number(n) for n in (1, 2))
KNOWN = tuple(date(2026, month, 5) for month in (2, 3, 4, 5))
NO_DAY = "2025-02-30"

Row = dict[str, str]


@dataclass(frozen=True)
class File:
    """One source's file in a delivery."""

    mode: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        lines = [",".join(self.columns)]
        return (
            "\n".join([*lines, *(",".join(r[c] for c in self.columns) for r in self.rows)]) + "\n"
        )


@dataclass(frozen=True)
class Sent:
    """A delivery."""

    batch: str
    as_known: date
    files: dict[str, File]

    @property
    def place(self) -> tuple[date, bool, str]:
        return self.as_known, False, self.batch


@dataclass(frozen=True)
class Mend:
    """A repair of all lines of a delivery that wait for one.

    Attributes:
        cells: New values by column; the others stay as they are.
    """

    batch: str
    origin: Sent
    as_known: date
    cells: Row

    @property
    def place(self) -> tuple[date, bool, str]:
        return self.as_known, True, self.origin.batch


def declare(folder: Path) -> None:
    """The four sources."""
    folder.mkdir(parents=True)
    for slug, (nature, kind) in NATURES.items():
        register = nature == "register"
        text = TOML.format(
            slug=slug,
            nature=nature,
            kind=kind,
            key='["k", "day"]' if nature == "month" else '["k"]',
            main="" if register else 'main_date = "day"',
            start="day",
            type="yyyymm" if nature == "month" else "date",
            role={"register": "plain", "event": "main", "month": "key"}[nature],
        )
        (folder / f"{slug}.toml").write_text(text, "utf-8")


def repaired_row(raw: Row, mend: Mend, nature: str) -> Row:
    """A row with the values of a repair, in the columns that it has."""
    day = f"2025{mend.cells['day']}" if nature == "month" else f"2025-{mend.cells['day']}-10"
    new = {"k": mend.cells["k"], "stop": mend.cells["stop"], "status": mend.cells["status"]}
    new = {name: value for name, value in new.items() if value or name == "stop"}
    if raw.get("day") == NO_DAY:
        new["day"] = day
    if raw.get("stop") != NO_DAY:
        del new["stop"]
    return raw | {name: value for name, value in new.items() if name in raw}


@st.composite
def files(draw: st.DrawFn, nature: str) -> File:
    """A file of a few rows; in some a column is missing, or there are operations."""
    days = ("202501", "202502", "202503")
    if nature != "month":
        days = ("2025-01-10", "2025-02-10", "2025-03-10")
    mode = draw(st.sampled_from(["snapshot", "delta"]))
    optional = ["owner_id", "status", "note", "stop"] + ["day"] * (nature == "register")
    left_out = draw(st.sampled_from([[], [], [], *([name] for name in optional)]))
    further = draw(st.sampled_from([[], ["_op"], ["_op"], ["recorded_time"]]))
    row = st.fixed_dictionaries(
        {
            "k": st.sampled_from("ABC"),
            "owner_id": st.sampled_from(OWNERS),
            "status": st.sampled_from(["x", "y"]),
            "note": st.sampled_from(["m", "m", "n", "待核"]),
            "day": st.sampled_from([*days, *days, NO_DAY]),
            "stop": st.sampled_from(["", "", "2025-06-01", "2025-07-01", NO_DAY]),
            "_op": st.sampled_from(["upsert", "upsert", "end", "delete"]),
            "recorded_time": st.sampled_from(["", "2026-01-20", "2026-03-20"]),
        }
    )
    columns = tuple(c for c in (*COLUMNS, *further) if c not in left_out)
    return File(mode, columns, tuple(draw(st.lists(row, min_size=1, max_size=4))))


@st.composite
def mends(draw: st.DrawFn, sent: list[Sent]) -> list[Mend]:
    """Repairs of some deliveries, in the order of their days; one a day and delivery."""
    found = {}
    newest = sorted(sent, key=lambda s: s.place)[-2:]  # of the others most lines are overtaken
    for number_ in range(draw(st.integers(0, 3))):
        origin = draw(st.sampled_from([*sent, *newest, *newest]))
        day = draw(st.sampled_from([d for d in KNOWN if d >= origin.as_known]))
        cells = {
            "k": draw(st.sampled_from(["", "", "A", "B"])),
            "day": draw(st.sampled_from(["02", "03"])),
            "stop": draw(st.sampled_from(["", "2025-06-01", "2025-08-01"])),
            "status": draw(st.sampled_from(["", "z"])),
        }
        found[origin.batch, day] = Mend(f"r{number_}", origin, day, cells)
    return sorted(found.values(), key=lambda m: m.place)


@st.composite
def sequences(draw: st.DrawFn) -> tuple[list[Sent | Mend], list[Sent | Mend]]:
    """Deliveries in the order in which they count, and in another."""
    sent = []
    for batch in draw(st.permutations(["a", "b", "c", "d", "e"]))[: draw(st.integers(2, 5))]:
        content = {
            slug: draw(files(nature))
            for slug, (nature, _) in NATURES.items()
            if draw(st.integers(0, 3))
        }
        sent.append(Sent(batch, draw(st.sampled_from(KNOWN)), content))
    repairs = draw(mends(sent))
    shuffled: list[Sent | Mend] = list(draw(st.permutations(sent)))
    least = 0
    for mend in repairs:  # each after its origin and after the repairs of earlier days
        least = max(least, shuffled.index(mend.origin) + 1)
        least = draw(st.integers(least, len(shuffled)))
        shuffled.insert(least, mend)
        least += 1
    return sorted([*sent, *repairs], key=lambda s: s.place), shuffled
