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
from doudi.loaders.headers import match, spellings
from doudi.loaders.identity import Keys, keep_in_vault, newcomers, write_whole
from doudi.loaders.judge import judge
from doudi.loaders.modes import settle, snapshots
from doudi.loaders.parameters import make_parameters
from doudi.loaders.plausible import check_size, check_units
from doudi.loaders.read import read_sheets
from doudi.loaders.receipt import FileReceipt
from doudi.loaders.source import NUMBERS

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from doudi.graph.tables import FactStore
    from doudi.loaders.modes import Delivery
    from doudi.loaders.read import Sheet
    from doudi.loaders.receipt import Control
    from doudi.loaders.source import Source


ROW_GROUP = 122_880
"""Rows that the engine gives to one thread; with fewer a second one only waits and costs."""


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
        known = spellings(source)
        sheets = {n: s for path in paths for n, s in read_sheets(path, known).items()}
        headers = tuple(match(s.headers, source, self.folder.path / n) for n, s in sheets.items())
        feed = Feed(source, headers, self.folder.as_known)
        delivery = self.folder.for_source(source.slug)
        if self._nothing(sheets, source, delivery):
            note_feed(self.home, source.slug, delivery.as_known)
            return self._receipts(feed, sheets, {}, {}, 0)
        self._clean(feed, sheets)
        settle(self.con, feed, delivery, self._rows(source))
        check_size(self.con, feed, delivery, paths[-1])
        check_units(self.con, feed, paths[-1])
        facts = self._write(feed, delivery, sheets)
        note_feed(self.home, source.slug, delivery.as_known)
        return self._receipts(feed, sheets, self._fates(feed), self._reasons(), facts)

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

    def _write(self, feed: Feed, delivery: Delivery, sheets: dict[str, Sheet]) -> int:
        """Work everything out, then write it; rows last, so that a killed load is done again."""
        slug, seq = feed.source.slug, self.store.next_seq()
        made = make_facts(self.con, feed.source, delivery, self.store, seq)
        parameters = make_parameters(self.con, seq) if feed.source.rows_table else None
        rows = self._kept_rows(feed, delivery, seq)
        fresh = newcomers(self.con, _people_sql(feed))
        if fresh.num_rows:
            own = [
                _identities(fresh, delivery, slug, seq),
                *([made[("Person",)]] if ("Person",) in made else []),
            ]
            made[("Person",)] = pa.concat_tables(own, promote_options="default")
        table = self.home / "quarantine" / delivery.batch / f"{slug}.parquet"
        quarantine.write(self.con, sheets, table, delivery.batch, self.keys.vault)
        facts = append(self.store, made, seq, slug)
        if parameters is not None and parameters.num_rows:
            write_whole(
                parameters, self.home / "tables" / "parameters" / f"{seq:06d}-{slug}.parquet"
            )
            facts += parameters.num_rows
        keep_in_vault(
            self.con, fresh, self.home / "vault" / f"{seq:06d}-{slug}.parquet", self.keys.vault
        )
        if rows is not None:
            write_whole(rows, self._rows(feed.source) / f"{seq:06d}-{slug}.parquet")
        return facts

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
                    remarks=sheet.remarks,
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
