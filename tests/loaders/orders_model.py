"""What deliveries in their order come to (contract §2), over plain dictionaries, written apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.loaders.orders_drawn import (
    COLUMNS,
    KNOWN,
    NATURES,
    NO_DAY,
    File,
    Mend,
    Row,
    Sent,
    repaired_row,
)

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
