"""The desk on which the feeds of one delivery are worked, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.loaders import quarantine
from doudi.loaders.clean import Feed, clean
from doudi.loaders.control import Folder, compare
from doudi.loaders.facts import append, make_facts
from doudi.loaders.feeds import note_feed
from doudi.loaders.headers import match
from doudi.loaders.health import note_health, note_stopped
from doudi.loaders.identity import Keys, keep_in_vault, newcomers, write_whole
from doudi.loaders.judge import judge
from doudi.loaders.modes import settle, snapshots
from doudi.loaders.names import keep_names, note_names
from doudi.loaders.parameters import make_parameters
from doudi.loaders.plausible import check_size, check_units
from doudi.loaders.read import read_sheet
from doudi.loaders.receipt import FileReceipt
from doudi.loaders.resolve import resolve
from doudi.loaders.sketch import Sketch, sketch
from doudi.loaders.source import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import duckdb

    from doudi.graph.errors import FeedStopped
    from doudi.graph.tables import FactStore
    from doudi.loaders.modes import Delivery
    from doudi.loaders.read import Sheet
    from doudi.loaders.receipt import Control
    from doudi.loaders.resolve import Resolved
    from doudi.loaders.source import Source


ROW_GROUP = 122_880
"""Rows that the engine gives to one thread; with fewer a second one only waits and costs."""


@dataclass(frozen=True)
class Ready:
    """A feed that was read, cleaned and settled; the rest of it is in the engine.

    Attributes:
        sheets: Content of its files by name, in the order of the parts.
        is_empty: Whether the files hold no rows, and that says nothing.
    """

    feed: Feed
    delivery: Delivery
    sheets: dict[str, Sheet]
    is_empty: bool = False


@dataclass(frozen=True)
class Made:
    """What a feed gives, before anything of it is written.

    Attributes:
        seq: Running number of the load.
        facts: Records by label or (type, start, end).
        parameters: Dated parameters, where the source feeds them.
        rows: Rows to keep; None where a delivery says nothing new.
        fresh: People whom the vault does not hold yet.
    """

    seq: int
    facts: dict[tuple[str, ...], pa.Table]
    parameters: pa.Table | None
    rows: pa.Table | None
    fresh: pa.Table

    @property
    def count(self) -> int:
        """Records of facts, parameters included."""
        tables = [*self.facts.values(), *([] if self.parameters is None else [self.parameters])]
        return sum(int(table.num_rows) for table in tables)

    def file(self, slug: str) -> str:
        """Name of the files of this load."""
        return f"{self.seq:06d}-{slug}.parquet"


@dataclass(frozen=True)
class Desk:
    """One engine for all feeds of a delivery, and where things go."""

    con: duckdb.DuckDBPyConnection
    home: Path
    folder: Folder
    keys: Keys
    store: FactStore

    def load_feed(self, source: Source, paths: list[Path]) -> list[FileReceipt]:
        """Read, clean, settle and write all parts of one data type.

        Raises:
            FeedStopped: if any part cannot be used; nothing of the feed is written then.
        """
        ready = self.prepare(source, paths)
        made = None if ready.is_empty else self._work_out(ready)
        receipts = self._told(ready, made)
        self.keep(ready, made, receipts)
        return receipts

    def prepare(self, source: Source, paths: list[Path]) -> Ready:
        """Read, clean and settle all parts of one data type; nothing is written.

        Raises:
            FeedStopped: if any part cannot be used.
        """
        sheets = self.read(source, paths)
        headers = tuple(
            match(s.headers, source, p) for s, p in zip(sheets.values(), paths, strict=True)
        )
        feed = Feed(source, headers, self.folder.as_known)
        delivery = self.folder.for_source(source.slug)
        if self._nothing(sheets, source, delivery):
            return Ready(feed, delivery, sheets, is_empty=True)
        self._clean(feed, sheets)
        settle(self.con, feed, delivery, self._rows(source))
        check_size(self.con, feed, delivery, paths[-1])
        check_units(self.con, feed, paths[-1])
        return Ready(feed, delivery, sheets)

    def read(self, source: Source, paths: list[Path]) -> dict[str, Sheet]:  # noqa: ARG002 - a check notes whose they are
        """The content of all parts by file name."""
        return {path.name: read_sheet(path) for path in paths}

    def keep(self, ready: Ready, made: Made | None, receipts: list[FileReceipt]) -> None:
        """Write what a feed gave: the one place at which anything goes into the home."""
        if made is not None:
            self._write(ready, made)
        seen = Sketch() if made is None else sketch(self.con, ready.feed)
        note_health(self.home, ready.feed.source.slug, ready.delivery, receipts, seen)
        note_feed(self.home, ready.feed.source.slug, ready.delivery.as_known)

    def refuse(self, slug: str, error: FeedStopped) -> None:
        """Keep that a feed came and was stopped."""
        note_stopped(self.home, slug, self.folder.for_source(slug), error)

    def _nothing(self, sheets: dict[str, Sheet], source: Source, delivery: Delivery) -> bool:
        """Whether the files hold no rows, and that says nothing."""
        rows = sum(s.rows.num_rows + len(s.misshapen) for s in sheets.values())
        return rows == 0 and not (delivery.mode == "snapshot" and source.nature == "register")

    def _rows(self, source: Source) -> Path:
        return self.home / "tables" / "_rows" / source.slug

    def _clean(self, feed: Feed, sheets: dict[str, Sheet]) -> None:
        parts = [sheet.rows for sheet in sheets.values()]
        many = sum(rows.num_rows for rows in parts) > ROW_GROUP
        self.con.execute(f"SET threads TO {2 if many else 1}")
        for number, rows in enumerate(parts):
            self.con.register(f"raw{number}", rows)
        clean(self.con, feed, parts, people=self.store.files("Person"), key=self.keys.pid)
        judge(self.con, feed)
        quarantine.collect(self.con, feed)

    def _work_out(self, ready: Ready) -> Made:
        """All that a feed gives, in memory."""
        feed, delivery, seq = ready.feed, ready.delivery, self.store.next_seq()
        made = make_facts(self.con, feed.source, delivery, self.store, seq)
        parameters = make_parameters(self.con, seq) if feed.source.rows_table else None
        fresh = newcomers(self.con, _people_sql(feed))
        if fresh.num_rows:
            own = [
                _identities(fresh, delivery, feed.source.slug, seq),
                *([made[("Person",)]] if ("Person",) in made else []),
            ]
            made[("Person",)] = pa.concat_tables(own, promote_options="default")
        return Made(seq, made, parameters, self._kept_rows(feed, delivery, seq), fresh)

    def _write(self, ready: Ready, made: Made) -> None:
        """Write it; rows last, so that a killed load is done again."""
        note_names(self.con)
        slug, batch, name = ready.feed.source.slug, ready.delivery.batch, made.file
        table = self.home / "quarantine" / batch / f"{slug}.parquet"
        quarantine.write(self.con, ready.sheets, table, batch, self.keys.vault)
        append(self.store, made.facts, made.seq, slug)
        if made.parameters is not None and made.parameters.num_rows:
            write_whole(made.parameters, self.home / "tables" / "parameters" / name(slug))
        keep_in_vault(self.con, made.fresh, self.home / "vault" / name(slug), self.keys.vault)
        if made.rows is not None:
            write_whole(made.rows, self._rows(ready.feed.source) / name(slug))

    def resolve(self, by_person: Collection[str]) -> Resolved:
        """Keep the names that the delivery brought, and look for who is only named.

        A killed load does both again.
        """
        keep_names(self.con, self.home / "vault" / "names", self.keys.vault)
        names = self.con.execute("SELECT token, clear FROM known_name").to_arrow_table()
        return resolve(self.store, names, as_known=self.folder.as_known, by_person=by_person)

    def _kept_rows(self, feed: Feed, delivery: Delivery, seq: int) -> pa.Table | None:
        """What was accepted and what ended; None where a delivery says nothing new."""
        table = self.con.execute(f"""
            SELECT * EXCLUDE (replaced, was_true, deleted) REPLACE (true AS retracted), {seq} AS seq
            FROM outgoing WHERE NOT replaced
            UNION ALL BY NAME SELECT * EXCLUDE (was_true), {seq} AS seq FROM incoming""").to_arrow_table()
        days = snapshots(self._rows(feed.source))
        if not table.num_rows and (delivery.mode == "delta" or delivery.as_known in days):
            return None
        told = {
            "batch": delivery.batch,
            "as_known": delivery.as_known.isoformat(),
            "mode": delivery.mode,
        }
        return table.replace_schema_metadata(told)

    def _fates(self, feed: Feed) -> dict[tuple[int, str], int]:
        """Number of rows by part and fate; repaired ones again under their own name."""
        grades = [
            f"\"{c.name}__grade\" IN ('repaired')"
            for c in feed.source.columns.values()
            if c.type in (*NUMBERS, "uscc")
        ]
        found = self.con.execute(f"""
            SELECT _part, _fate, count(*) FROM judged GROUP BY ALL UNION ALL
            SELECT _part, 'repaired', count(*) FROM judged
            WHERE _fate = 'kept' AND ({" OR ".join(grades) or "false"}) GROUP BY ALL""").fetchall()
        return {(part, fate): count for part, fate, count in found}

    def _reasons(self) -> dict[int, dict[str, int]]:
        sql = "SELECT _part, reason, count(*) FROM trouble GROUP BY ALL ORDER BY ALL"
        found: dict[int, dict[str, int]] = {}
        for part, reason, count in self.con.execute(sql).fetchall():
            found.setdefault(part, {})[reason] = count
        return found

    def _told(self, ready: Ready, made: Made | None) -> list[FileReceipt]:
        """The receipts of a feed's files."""
        if made is None:
            return self._receipts(ready.feed, ready.sheets, {}, {}, 0)
        fates, reasons = self._fates(ready.feed), self._reasons()
        return self._receipts(ready.feed, ready.sheets, fates, reasons, made.count)

    def _receipts(
        self,
        feed: Feed,
        sheets: dict[str, Sheet],
        fates: dict[tuple[int, str], int],
        reasons: dict[int, dict[str, int]],
        facts: int,
    ) -> list[FileReceipt]:
        found: list[FileReceipt] = []
        for part, (file, sheet) in enumerate(sheets.items()):
            why = dict(reasons.get(part, {}))
            for _, reason, _ in sheet.misshapen:
                why[reason] = why.get(reason, 0) + 1
            last = part == len(sheets) - 1
            totals = self._totals(feed, sheets, empty=not fates) if last else []
            found.append(
                FileReceipt(
                    batch=self.folder.batch,
                    file=file,
                    source=feed.source.slug,
                    rows_in=sheet.rows.num_rows + len(sheet.misshapen),
                    loaded=fates.get((part, "kept"), 0),
                    quarantined=fates.get((part, "refused"), 0) + len(sheet.misshapen),
                    duplicates=fates.get((part, "duplicate"), 0),
                    repaired=fates.get((part, "repaired"), 0),
                    facts=facts if last else 0,
                    reasons=why,
                    control=[
                        {"name": t.name, "expected": t.expected, "found": t.found} for t in totals
                    ],
                    absent=feed.headers[part].absent,
                )
            )
        return found

    def _totals(self, feed: Feed, sheets: dict[str, Sheet], *, empty: bool) -> list[Control]:
        rows = sum(s.rows.num_rows + len(s.misshapen) for s in sheets.values())
        wanted = self.folder.control.get(feed.source.slug, {})
        return compare(self.con, feed, wanted, rows, empty=empty)


def _people_sql(feed: Feed) -> str:
    """SQL of the pids of accepted rows."""
    parts = ["SELECT NULL::VARCHAR WHERE false"]
    for column in feed.source.columns.values():
        value = f'unnest("{column.name}")' if column.type == "list[id18]" else f'"{column.name}"'
        if column.type in (*NUMBERS, "list[id18]"):
            parts.append(f"SELECT {value} FROM judged WHERE _fate = 'kept'")
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS v(pid) WHERE pid IS NOT NULL"


def _identities(fresh: pa.Table, delivery: Delivery, slug: str, seq: int) -> pa.Table:
    """What a number alone says of people seen for the first time: sex and birth date."""
    count = fresh.num_rows
    fixed = {
        "known_from": pa.array([delivery.as_known] * count, pa.date32()),
        "seq": pa.array([seq] * count, pa.int64()),
        "retracted": pa.array([False] * count),
        "source": pa.array([slug] * count),
        "batch": pa.array([delivery.batch] * count),
        "grade": pa.array(["exact"] * count),
        "valid_from": pa.nulls(count, pa.date32()),
        "valid_to": pa.nulls(count, pa.date32()),
        "row": pa.nulls(count, pa.int64()),
        "digest": pa.nulls(count, pa.string()),
    }
    own = {
        "fact_id": fresh["fact_id"],
        "id": fresh["pid"],
        "sex": fresh["sex"],
        "birth_date": fresh["birth_date"],
    }
    return pa.table({**own, **fixed})
