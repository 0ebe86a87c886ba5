"""Deliveries in any order: afterwards the tables know, for every day, what they would know in order.

Four small sources, one of each nature and kind of key, get random snapshots and deltas. They are
loaded in the order in which they count, and in another one, and compared with a plain model. Lines
that were refused or have an unknown field are repaired on the way, on days that only go forward.
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
from doudi.loaders.identity import Keys
from doudi.loaders.load import load
from doudi.loaders.modes import kept_sql
from doudi.loaders.quarantine_back import Sent as SentLine
from doudi.loaders.refused import lines
from doudi.loaders.repairs import resubmit
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

    def load(self, sent: list[Sent | Mend]) -> Home:
        for one in sent:
            if isinstance(one, Mend):
                self.mend(one)
                continue
            target = self.folder / one.batch
            target.mkdir(exist_ok=True)
            modes = [f'[source.{slug}]\nmode = "{f.mode}"' for slug, f in one.files.items()]
            head = [f'batch = "{one.batch}"', f"as_known = {one.as_known}"]
            (target / "delivery.toml").write_text("\n".join([*head, *modes]), "utf-8")
            for slug, file in one.files.items():
                (target / f"{slug}.csv").write_text(file.text, "utf-8")
            assert load(target, self.folder / "home").stopped == {}
        return self

    def mend(self, mend: Mend) -> None:
        """Send all lines of a delivery again, as a book would hold them."""
        home = self.folder / "home"
        if mend.origin.batch not in {p.parent.name for p in home.glob("quarantine/*/*.parquet")}:
            return
        found = lines(home, Keys(home / "keys"), mend.origin.batch, every=True)
        sent = []
        for line in found:
            headers = line.headers or ()
            raw = dict(zip(headers, line.cells, strict=True))
            cells = repaired_row(raw, mend, NATURES[line.source][0])
            info = (line.mark, line.batch, line.file, str(line.line), "", "", "")
            sent.append(SentLine("1", 2, info, headers, tuple(cells[h] for h in headers)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("doudi.loaders.mended.read_book", lambda _: sent)
            patch.setattr("doudi.loaders.repairs.today", lambda: mend.as_known)
            receipt = resubmit(home / "book.xlsx", home)
        assert receipt.exit_code == 0, receipt.messages
        assert sum(file.rows_in for file in receipt.files) == len(sent)

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
    keys: Path, drawn: tuple[list[Sent | Mend], list[Sent | Mend]]
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


@dataclass(frozen=True)
class Words:
    """What a delivery or a repair said of a source.

    Attributes:
        began: Day and batch of the delivery that it speaks for.
        lines: Group and values of each accepted line.
        span: Earliest and latest day.
        amiss: Raw rows that wait for a repair, by line.
    """

    began: tuple[date, str]
    mode: str
    origin: str
    lines: dict[int, tuple[Any, Any]]
    span: tuple[str, str] | None
    amiss: dict[int, Row]

    @property
    def groups(self) -> set[Any]:
        return {group for group, _ in self.lines.values()}


class Model:
    """Contract §2 over plain dictionaries: for each key what was said of it, and from when on."""

    def __init__(self, slug: str, sent: list[Sent | Mend]) -> None:
        self.nature, self.kind = NATURES[slug]
        self.said: dict[Any, list[tuple[date, Any]]] = {}
        self.words: list[Words] = []
        for one in sent:
            origin = one.origin if isinstance(one, Mend) else one
            if slug not in origin.files:
                continue
            if isinstance(one, Mend):
                self.hear_again(one, origin.files[slug])
            else:
                self.hear(one.files[slug], one)

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

    def hear(self, file: File, sent: Sent) -> None:
        day = sent.as_known
        rows = {n: r for n, r in enumerate(file.rows, start=2) if not self.is_refused(r)}
        accepted = self.accepted(rows, file.columns)
        amiss = {n: r for n, r in enumerate(file.rows, start=2) if n not in rows}
        amiss |= self.beaten(rows, file.columns)
        amiss |= {n: r for n, r in accepted.items() if self.has_unknown(r, file.columns, day)}
        before = self.at(day)
        said = self.settle(accepted, file, before, day, day)
        within = {
            key
            for key, row in before.items()
            if self.nature == "register"
            or (
                said.days
                and row["day"] is not None
                and min(said.days) <= row["day"] <= max(said.days)
            )
        }
        gone = {
            key
            for key, row in before.items()
            if (file.mode == "snapshot" and key in within)
            or self.group(row) in said.deleted
            or (self.kind == "group" and self.group(row) in said.groups)
        }
        self.tell(gone - said.listed, said.news, day)
        began = (sent.as_known, sent.batch)
        span = (min(said.days), max(said.days)) if said.days else None
        lines_ = {n: self.own(r, file.columns) for n, r in accepted.items()}
        self.words.append(Words(began, file.mode, "", lines_, span, amiss))

    def hear_again(self, mend: Mend, file: File) -> None:
        """A repair: lines in the place of their own rows, unless they are overtaken."""
        day, began = mend.as_known, (mend.origin.as_known, mend.origin.batch)
        (origin,) = [w for w in self.words if w.began == began and not w.origin]
        raw = {n: {c: r[c] for c in file.columns} for n, r in origin.amiss.items()}
        raw = {n: r for n, r in raw.items() if repaired_row(r, mend, self.nature) != r}
        rows = {n: repaired_row(r, mend, self.nature) for n, r in raw.items()}
        rows = {n: r for n, r in rows.items() if not self.is_refused(r)}
        accepted = self.accepted(rows, file.columns)
        earlier = [origin, *(w for w in self.words if w.origin == mend.origin.batch)]
        own = {n: {w.lines[n] for w in earlier if n in w.lines} for n in accepted}
        later = [w for w in self.words if w.began > began]
        heard = {
            n: r
            for n, r in accepted.items()
            if not self.is_overtaken(r, own[n], later, file.columns)
        }
        before = self.at(day)
        month = mend.origin.as_known
        said = self.settle(heard, file, before, day, month, is_timed=False)
        mine = {self.key_of(*one) for n in heard for one in own[n]}
        gone = {k for k, row in before.items() if k in mine or self.group(row) in said.deleted}
        self.tell(gone - said.listed, said.news, day)
        lines_ = {n: self.own(r, file.columns) for n, r in accepted.items()}
        self.words.append(Words(began, "delta", mend.origin.batch, lines_, None, {}))

    def is_overtaken(
        self, raw: Row, own: set[Any], later: list[Words], columns: tuple[str, ...]
    ) -> bool:
        group, _ = self.own(raw, columns)
        groups = {group, *(old for old, _ in own)}
        day = full(raw.get("day"))
        return any(
            groups & w.groups
            or (
                w.mode == "snapshot"
                and not w.origin
                and (
                    self.nature == "register"
                    or (w.span is not None and day is not None and w.span[0] <= day <= w.span[1])
                )
            )
            for w in later
        )

    def settle(
        self,
        accepted: dict[int, Row],
        file: File,
        before: dict[Any, Any],
        day: date,
        month: date,
        *,
        is_timed: bool = True,
    ) -> Settled:
        said = Settled()
        for raw in accepted.values():
            row, op, recorded = self.read(raw, file.columns, before, day, month)
            group = self.group(row)
            said.groups.add(group)
            key = self.key_of(group, tuple(row.values()))
            if op == "delete":
                said.deleted.add(group)
                continue
            said.listed.add(key)
            said.days += [row["day"]] if row["day"] else []
            lone = op == "end" and key not in before and row["day"] is None
            if not (lone and self.nature != "register") and before.get(key) != row:
                said.news.append((key, recorded if is_timed else day, row))
        return said

    def tell(self, gone: set[Any], news: list[Any], day: date) -> None:
        for key in gone:
            self.say(key, day, None)
        for key, recorded, row in news:
            self.say(key, recorded, row)

    def key_of(self, group: Any, values: Any) -> Any:  # noqa: ANN401 - keys of two kinds
        return group if self.kind == "id" else (group, *map(str, values))

    def own(self, raw: Row, columns: tuple[str, ...]) -> tuple[Any, Any]:
        """The group of a row and its own values, whatever was known before."""
        row, _, _ = self.read(raw, columns, {}, KNOWN[0], KNOWN[0])
        row["ended"] = None
        return self.group(row), tuple(row.values())

    def group(self, row: dict[str, str | None]) -> Any:  # noqa: ANN401 - a text or two
        return (row["k"], row["day"]) if self.nature == "month" else row["k"]

    def is_refused(self, raw: Row) -> bool:
        """Whether a row's day cannot be read where the row says nothing without it."""
        return self.nature != "register" and raw["day"] == NO_DAY

    def has_unknown(self, raw: Row, columns: tuple[str, ...], as_known: date) -> bool:
        """Whether a day is none, or the row was recorded after the delivery."""
        late = "recorded_time" in columns and raw["recorded_time"] > str(as_known)
        return late or any(raw[c] == NO_DAY for c in ("day", "stop") if c in columns)

    def accepted(self, rows: dict[int, Row], columns: tuple[str, ...]) -> dict[int, Row]:
        """Equal rows once; of one ``id`` key the last line."""
        once = self.once(rows, columns)
        if self.kind == "group":
            return once
        last = {r["k"]: n for n, r in once.items()}
        return {n: r for n, r in once.items() if last[r["k"]] == n}

    def beaten(self, rows: dict[int, Row], columns: tuple[str, ...]) -> dict[int, Row]:
        """Earlier lines of a key that later ones took."""
        kept = self.accepted(rows, columns)
        return {n: r for n, r in self.once(rows, columns).items() if n not in kept}

    def once(self, rows: dict[int, Row], columns: tuple[str, ...]) -> dict[int, Row]:
        seen: list[Row] = []
        found = {}
        for n, row in rows.items():
            told = alike({c: readable(row[c]) for c in columns})
            if told not in seen:
                seen.append(told)
                found[n] = {c: row[c] for c in columns}
        return found

    def read(
        self, raw: Row, columns: tuple[str, ...], before: dict[Any, Any], day: date, month: date
    ) -> tuple[dict[str, str | None], str, date]:
        """A row's values, with those of the row of before where it says nothing."""
        own = {c: full(readable(raw.get(c) or "") or None) for c in COLUMNS}
        op, old = raw.get("_op", "upsert"), {}
        if self.kind == "id":
            old = before.get(own["k"], {})
        row = {
            c: old.get(c) if c not in columns or (op == "end" and own[c] is None) else own[c]
            for c in COLUMNS
        }
        ends = op == "end" and own["stop"] is None
        row["ended"] = str(month.replace(day=1)) if ends else None
        recorded = date.fromisoformat(raw.get("recorded_time") or str(day))
        return row, op, min(recorded, day)


@dataclass
class Settled:
    """What a delivery comes to."""

    groups: set[Any] = field(default_factory=set)
    deleted: set[Any] = field(default_factory=set)
    listed: set[Any] = field(default_factory=set)
    days: list[str] = field(default_factory=list)
    news: list[Any] = field(default_factory=list)


def readable(value: str) -> str:
    """Nothing for a day that is none."""
    return "" if value == NO_DAY else value


def alike(row: Row) -> Row:
    """What two copies of a row have in common."""
    return {c: v for c, v in row.items() if c != "recorded_time"}


def full(value: str | None) -> str | None:
    """A month by its first day."""
    months = {f"20250{n}": f"2025-0{n}-01" for n in (1, 2, 3)}
    return months.get(value or "", value)
