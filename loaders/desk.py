"""The desk on which the feeds of one delivery are worked, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.loaders import quarantine
from doudi.loaders.clean import Feed, clean
from doudi.loaders.control import Folder, compare
from doudi.loaders.facts import append
from doudi.loaders.feeds import note_feed
from doudi.loaders.headers import match
from doudi.loaders.identity import Keys, keep_in_vault, newcomers, write_whole
from doudi.loaders.judge import judge
from doudi.loaders.messages import stopped
from doudi.loaders.modes import kept_sql, remember, settle
from doudi.loaders.plausible import check_size, check_units
from doudi.loaders.read import read_sheet
from doudi.loaders.receipt import FileReceipt
from doudi.loaders.replay import tell_anew, tell_on
from doudi.loaders.source import NUMBERS
from doudi.loaders.statements import kept_statement, state, statements, unkept_values

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from doudi.graph.tables import FactStore
    from doudi.loaders.modes import Delivery
    from doudi.loaders.read import Sheet
    from doudi.loaders.receipt import Control
    from doudi.loaders.replay import Telling
    from doudi.loaders.source import Source
    from doudi.loaders.statements import Statement


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
        sheets = {path.name: read_sheet(path) for path in paths}
        headers = tuple(
            match(s.headers, source, p) for s, p in zip(sheets.values(), paths, strict=True)
        )
        feed = Feed(source, headers, self.folder.as_known)
        delivery = self.folder.for_source(source.slug)
        if self._nothing(sheets, source, delivery):
            note_feed(self.home, source.slug, delivery.as_known)
            return self._receipts(feed, sheets, {}, {}, 0)
        self._clean(feed, sheets)
        statement = state(self.con, feed, delivery)
        remember(self.con, statement.told, kept_sql(self.con, source, self._rows(source)))
        self._require_said(statement, paths[-1])
        check_size(self.con, feed, delivery, paths[-1])
        check_units(self.con, feed, paths[-1])
        facts = self._write(feed, statement, sheets)
        note_feed(self.home, source.slug, delivery.as_known)
        return self._receipts(feed, sheets, self._fates(feed), self._reasons(), facts)

    def _nothing(self, sheets: dict[str, Sheet], source: Source, delivery: Delivery) -> bool:
        """Whether the files hold no rows, and that says nothing."""
        rows = sum(s.rows.num_rows + len(s.misshapen) for s in sheets.values())
        return rows == 0 and not (delivery.mode == "snapshot" and source.nature == "register")

    def _rows(self, source: Source) -> Path:
        return self.home / "tables" / "_rows" / source.slug

    def _said(self, source: Source) -> Path:
        return self.home / "tables" / "_said" / source.slug

    def _clean(self, feed: Feed, sheets: dict[str, Sheet]) -> None:
        parts = [sheet.rows for sheet in sheets.values()]
        many = sum(rows.num_rows for rows in parts) > ROW_GROUP
        self.con.execute(f"SET threads TO {2 if many else 1}")
        for number, rows in enumerate(parts):
            self.con.register(f"raw{number}", rows)
        clean(self.con, feed, parts, people=self.store.files("Person"), key=self.keys.pid)
        judge(self.con, feed)
        quarantine.collect(self.con, feed)

    def _write(self, feed: Feed, statement: Statement, sheets: dict[str, Sheet]) -> int:
        """Work everything out, then write it; what was said last, so that a killed load is done again."""
        slug, delivery = feed.source.slug, statement.told.delivery
        telling = self._tell(statement)
        fresh = newcomers(self.con, _people_sql(feed))
        if telling is not None:
            self._introduce(telling, feed, delivery, fresh)
        table = self.home / "quarantine" / delivery.batch / f"{slug}.parquet"
        quarantine.write(self.con, sheets, table, delivery.batch, self.keys.vault)
        if telling is None:
            return 0
        facts = append(self.store, telling.facts, telling.last, slug)
        for name, ids in telling.retold.items():
            self.store.retell(*name, facts=ids, seq=telling.first, source=slug)
        stem = f"{telling.last:06d}-{slug}"
        if telling.parameters is not None and (telling.whole or telling.parameters.num_rows):
            end = ".whole" if telling.whole else ""
            write_whole(
                telling.parameters, self.home / "tables" / "parameters" / f"{stem}{end}.parquet"
            )
            facts += telling.parameters.num_rows
        keep_in_vault(self.con, fresh, self.home / "vault" / f"{stem}.parquet", self.keys.vault)
        self._keep(statement, telling, stem)
        return facts

    def _require_said(self, statement: Statement, path: Path) -> None:
        """Stop a late delivery where rows are known of deliveries that were not kept."""
        source = statement.told.source
        before = statements(source, self._said(source))
        if not before or before[-1].place <= statement.place:
            return
        batches = [s.told.delivery.batch for s in before] + [statement.told.delivery.batch]
        rows = kept_sql(self.con, source, self._rows(source))
        sql = f"SELECT 1 FROM ({rows}) WHERE _batch NOT IN (SELECT unnest(?)) LIMIT 1"
        if self.con.execute(sql, [batches]).fetchall():
            raise stopped(path, "unsaid")

    def _tell(self, statement: Statement) -> Telling | None:
        """What a delivery adds; None where the same was loaded before."""
        before = statements(statement.told.source, self._said(statement.told.source))
        same_place = [s for s in before if s.place == statement.place]
        if same_place and statement.repeats(same_place[-1]):
            return None
        seq = self.store.next_seq()
        if before and before[-1].place > statement.place:
            return tell_anew(self.con, statement, self.store, seq)
        settle(self.con, statement.told)
        return tell_on(self.con, statement, self.store, seq)

    def _introduce(self, telling: Telling, feed: Feed, delivery: Delivery, fresh: pa.Table) -> None:
        """Add what their numbers say of people seen for the first time, or now seen earlier."""
        day = delivery.as_known.isoformat()
        earlier = self.con.execute(
            f"""SELECT fact_id, id AS pid, sex, birth_date FROM ({self.store.records("Person")})
            WHERE starts_with(fact_id, 'person:') AND (known_from > ? OR (known_from = ? AND batch > ?))
                AND id IN ({_people_sql(feed)})""",
            [day, day, delivery.batch],
        ).to_arrow_table()
        name, slug = ("Person",), feed.source.slug
        for people in (fresh, earlier):
            if people.num_rows:
                own = _identities(people, delivery, slug, telling.first)
                told = [own, *([telling.facts[name]] if name in telling.facts else [])]
                telling.facts[name] = pa.concat_tables(told, promote_options="default")
        if earlier.num_rows:
            ids = [earlier.select(["fact_id"])]
            ids += [telling.retold[name]] if name in telling.retold else []
            telling.retold[name] = pa.concat_tables(ids)

    def _keep(self, statement: Statement, telling: Telling, stem: str) -> None:
        """Keep rows and what was said."""
        source, file = statement.told.source, f"{stem}.parquet"
        self.con.register("_rows_now", telling.rows)
        values = unkept_values(self.con, "SELECT * FROM _rows_now", self._said(source))
        said = kept_statement(self.con, statement)
        if telling.rows.num_rows:
            write_whole(telling.rows, self._rows(source) / file)
        if telling.retold_rows is not None and telling.retold_rows.num_rows:
            seqs = pa.array([telling.first] * telling.retold_rows.num_rows, pa.int64())
            write_whole(
                telling.retold_rows.append_column("seq", seqs), self._rows(source) / "retold" / file
            )
        if values.num_rows:
            write_whole(values, self._said(source) / "rows" / file)
        write_whole(said, self._said(source) / file)
        self.con.unregister("_rows_now")

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
