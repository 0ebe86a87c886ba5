"""Deliveries in any order: afterwards the tables know, for every day, what they would know in order.

Four small sources, one of each nature and kind of key, get random snapshots and deltas. They are
loaded in the order in which they count, and in another one, and compared with a plain model.
What does depend on the order, and why:

* The same batch of the same day sent again with other rows: the later load counts; nothing else
  tells which of the two the sender means.
* A wrong check digit is restored by the people who are known when the file is read.
* The checks that stop a feed (a shrunken snapshot, amounts off by a factor) look at what is loaded.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.graph.tables import FactStore
from doudi.loaders.load import load
from doudi.loaders.modes import kept_sql
from doudi.loaders.source import sources
from tests.loaders.conftest import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doudi.loaders.source import Source

SEQUENCES = int(os.environ.get("DOUDI_ORDERS", "12"))
"""Random sequences; ``DOUDI_ORDERS=1000`` for a long run."""

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
    def place(self) -> tuple[date, str]:
        return self.as_known, self.batch


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
            "day": st.sampled_from(days),
            "stop": st.sampled_from(["", "", "2025-06-01", "2025-07-01"]),
            "_op": st.sampled_from(["upsert", "upsert", "end", "delete"]),
            "recorded_time": st.sampled_from(["", "2026-01-20", "2026-03-20"]),
        }
    )
    columns = tuple(c for c in (*COLUMNS, *further) if c not in left_out)
    return File(mode, columns, tuple(draw(st.lists(row, min_size=1, max_size=4))))


@st.composite
def sequences(draw: st.DrawFn) -> tuple[list[Sent], list[Sent]]:
    """Deliveries in the order in which they count, and in another."""
    sent = []
    for batch in draw(st.permutations(["a", "b", "c", "d", "e"]))[: draw(st.integers(2, 5))]:
        content = {
            slug: draw(files(nature))
            for slug, (nature, _) in NATURES.items()
            if draw(st.integers(0, 3))
        }
        sent.append(Sent(batch, draw(st.sampled_from(KNOWN)), content))
    return sorted(sent, key=lambda s: s.place), draw(st.permutations(sent))


@dataclass
class Home:
    """A home that deliveries are loaded into."""

    folder: Path
    keys: Path
    declared: Mapping[str, Source] = field(init=False)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        declare(self.folder / "home" / "sources")
        shutil.copytree(self.keys, self.folder / "home" / "keys")
        self.declared = sources(self.folder / "home" / "sources")

    def load(self, sent: list[Sent]) -> Home:
        for one in sent:
            target = self.folder / one.batch
            target.mkdir(exist_ok=True)
            modes = [f'[source.{slug}]\nmode = "{f.mode}"' for slug, f in one.files.items()]
            head = [f'batch = "{one.batch}"', f"as_known = {one.as_known}"]
            (target / "delivery.toml").write_text("\n".join([*head, *modes]), "utf-8")
            for slug, file in one.files.items():
                (target / f"{slug}.csv").write_text(file.text, "utf-8")
            load(target, self.folder / "home")
        return self

    def known(self, day: date) -> dict[str, list[Any]]:
        """All that is believed at a day, row for row, without the running numbers of loads."""
        found = {}
        with FactStore(self.folder / "home" / "tables").connect(day) as view:
            for name in (("Person",), ("Household",), ("MEMBER_OF", "Person", "Household")):
                sql = f"SELECT * EXCLUDE (seq) FROM {view.known(*name)} ORDER BY ALL"
                found[name[0]] = view.con.execute(sql).fetchall()
        return found | {slug: self.rows(slug, day, "* EXCLUDE (seq)") for slug in NATURES}

    def rows(self, slug: str, day: date, what: str) -> list[Any]:
        """The kept rows of a source known at a day."""
        with duckdb.connect() as con:
            folder = self.folder / "home" / "tables" / "_rows" / slug
            return con.execute(f"""
                SELECT {what} FROM ({kept_sql(con, self.declared[slug], folder)})
                WHERE known_from <= DATE '{day}' QUALIFY NOT retracted AND row_number() OVER (
                    PARTITION BY row_key ORDER BY known_from DESC, seq DESC) = 1
                ORDER BY ALL""").fetchall()

    def quarantine(self) -> list[Any]:
        paths = list((self.folder / "home" / "quarantine").rglob("*.parquet"))
        if not paths:
            return []
        sql = 'SELECT * EXCLUDE ("row") FROM read_parquet(?) ORDER BY ALL'
        return duckdb.execute(sql, [[str(p) for p in paths]]).fetchall()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys that all homes share, so that pseudonyms are equal."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "keys").mkdir(mode=0o700)
    (folder / "keys" / "pid.key").write_bytes(b"0" * 32)
    return folder / "keys"


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    derandomize=SEQUENCES < 100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sequences())
def test_any_order_of_deliveries_ends_in_the_same_knowledge(
    keys: Path, drawn: tuple[list[Sent], list[Sent]]
) -> None:
    in_order, shuffled = drawn
    one = Home(keys.parent / "one", keys).load(in_order)
    other = Home(keys.parent / "other", keys).load(shuffled)
    for day in KNOWN:
        assert one.known(day) == other.known(day), day
    assert one.quarantine() == other.quarantine()
    for slug in NATURES:
        model = Model(slug, in_order)
        what = "k, status, note, CAST(day AS VARCHAR), CAST(stop AS VARCHAR), CAST(ended_on AS VARCHAR)"
        for day in KNOWN:
            assert sorted(one.rows(slug, day, what), key=str) == model.known(day), (slug, day)


Values = tuple[str | None, ...]
SHOWN = ("k", "status", "note", "day", "stop")


class Model:
    """Contract §2 over plain dictionaries: for each key what was said of it, and from when on."""

    def __init__(self, slug: str, sent: list[Sent]) -> None:
        self.nature, self.kind = NATURES[slug]
        self.said: dict[Any, list[tuple[date, Any]]] = {}
        for one in sent:
            if slug in one.files:
                self.hear(one.files[slug], one.as_known)

    def at(self, day: date) -> dict[Any, Any]:
        """What each key stands for at a day; keys of which nothing is believed are not there."""
        found = {}
        for key, said in self.said.items():
            heard = [(known, n, row) for n, (known, row) in enumerate(said) if known <= day]
            if heard and (row := max(heard, key=lambda h: h[:2])[2]) is not None:
                found[key] = row
        return found

    def known(self, day: date) -> list[Values]:
        rows = [(*(row[c] for c in SHOWN), row["ended"]) for row in self.at(day).values()]
        return sorted(rows, key=str)

    def say(self, key: Any, day: date, row: Any) -> None:  # noqa: ANN401 - keys of two kinds
        said = self.said.setdefault(key, [])
        said.append((max([day, *(known for known, _ in said)]), row))

    def hear(self, file: File, day: date) -> None:
        before = self.at(day)
        listed, groups, deleted, news = set(), set(), set(), []
        days: list[str] = []
        for raw in self.accepted(file):
            row, op, recorded = self.read(raw, file, before, day)
            group = self.group(row)
            groups.add(group)
            key = group if self.kind == "id" else (group, *map(str, row.values()))
            if op == "delete":
                deleted.add(group)
                continue
            listed.add(key)
            days += [row["day"]] if row["day"] else []
            lone = op == "end" and key not in before and row["day"] is None
            if not (lone and self.nature != "register") and before.get(key) != row:
                news.append((key, recorded, row))
        for key, row in before.items():
            group = self.group(row)
            within = self.nature == "register" or (
                bool(days) and row["day"] is not None and min(days) <= row["day"] <= max(days)
            )
            absent = (file.mode == "snapshot" and within) or group in deleted
            bag = self.kind == "group" and group in groups
            if key not in listed and (absent or bag):
                self.say(key, day, None)
        for key, recorded, row in news:
            self.say(key, recorded, row)

    def group(self, row: dict[str, str | None]) -> Any:  # noqa: ANN401 - a text or two
        return (row["k"], row["day"]) if self.nature == "month" else row["k"]

    def accepted(self, file: File) -> list[Row]:
        """Equal rows once; of one ``id`` key the last line."""
        told = [{c: r[c] for c in file.columns} for r in file.rows]
        once = [r for n, r in enumerate(told) if alike(r) not in [alike(x) for x in told[:n]]]
        if self.kind == "group":
            return once
        return list({r["k"]: r for r in once}.values())

    def read(
        self, raw: Row, file: File, before: dict[Any, Any], day: date
    ) -> tuple[dict[str, str | None], str, date]:
        """A row's values, with those of the row of before where it says nothing."""
        own = {c: full(raw.get(c) or None) for c in COLUMNS}
        op, old = raw.get("_op", "upsert"), {}
        if self.kind == "id":
            old = before.get(own["k"], {})
        row = {
            c: old.get(c) if c not in file.columns or (op == "end" and own[c] is None) else own[c]
            for c in COLUMNS
        }
        ends = op == "end" and own["stop"] is None
        row["ended"] = str(day.replace(day=1)) if ends else None
        recorded = date.fromisoformat(raw.get("recorded_time") or str(day))
        return row, op, min(recorded, day)


def alike(row: Row) -> Row:
    """What two copies of a row have in common."""
    return {c: v for c, v in row.items() if c != "recorded_time"}


def full(value: str | None) -> str | None:
    """A month by its first day."""
    months = {f"20250{n}": f"2025-0{n}-01" for n in (1, 2, 3)}
    return months.get(value or "", value)
