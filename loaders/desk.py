"""The desk on which the feeds of one delivery are worked, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.graph.drafts import ROWS
from doudi.graph.drafts import draft as drafted
from doudi.loaders import quarantine
from doudi.loaders.clean import Feed, Tally, clean
from doudi.loaders.control import Folder, compare
from doudi.loaders.facts import make_facts
from doudi.loaders.feeds import note_feed
from doudi.loaders.headers import match, spellings
from doudi.loaders.health import note_health, note_stopped
from doudi.loaders.identity import Keys, Veil, newcomers, remember, sealed
from doudi.loaders.judge import judge
from doudi.loaders.modes import settle, snapshots
from doudi.loaders.names import keep_names
from doudi.loaders.parameters import make_parameters
from doudi.loaders.plausible import check_size, check_units
from doudi.loaders.read import ReadAgain, Way, read_sheets
from doudi.loaders.receipt import FileReceipt
from doudi.loaders.resolve import resolve
from doudi.loaders.sketch import Sketch, sketch
from doudi.loaders.source import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

    from doudi.graph.drafts import Draft
    from doudi.graph.errors import FeedStopped
    from doudi.graph.tables import FactStore
    from doudi.loaders.modes import Delivery
    from doudi.loaders.read import Sheet
    from doudi.loaders.receipt import Control
    from doudi.loaders.resolve import Resolved
    from doudi.loaders.source import Source


THREADS = 1
"""Threads of the engine: two take a quarter more processor time for the same rows."""


@dataclass(frozen=True)
class Work:
    """A feed that was read, cleaned and settled; the rest of it is in the engine.

    Attributes:
        sheets: Its files, in the order of the parts.
        tallies: What was in each file.
        troubled: Parts with refused rows or unreadable fields.
        is_empty: Whether the files hold no rows, and that says nothing.
    """

    feed: Feed
    delivery: Delivery
    sheets: dict[str, Sheet]
    tallies: list[Tally]
    troubled: list[int]
    is_empty: bool = False


@dataclass(frozen=True)
class Desk:
    """One engine for all feeds of a delivery, and where things go."""

    con: duckdb.DuckDBPyConnection
    home: Path
    folder: Folder
    keys: Keys
    store: FactStore
    veil: Veil

    def load_feed(self, source: Source, paths: list[Path]) -> list[FileReceipt]:
        """Read, clean, settle and write all parts of one data type.

        All files are drafted before the first gets into its place, rows last: a load that fails
        leaves nothing, and one that is killed later is done again, because the rows are not there.

        Raises:
            FeedStopped: if any part cannot be used; nothing of the feed is written then.
        """
        work = self.prepare(source, paths)
        drafts: list[Draft] = []
        try:
            facts = 0 if work.is_empty else self._draft(work, drafts)
            receipts = self._receipts(work, facts)
            self.keep(work, drafts, receipts)
        finally:
            for draft in drafts:
                draft.drop()
        return receipts

    def prepare(self, source: Source, paths: list[Path]) -> Work:
        """Read, clean and settle all parts of one data type; nothing is written.

        Raises:
            FeedStopped: if any part cannot be used.
        """
        ways: dict[Path, Way] = {}
        while True:  # a long file may prove to be of another kind than its beginning said
            try:
                return self._prepared(source, self.read(source, paths, ways))
            except ReadAgain as again:
                ways[again.path] = again.way

    def read(self, source: Source, paths: list[Path], ways: Mapping[Path, Way]) -> dict[str, Sheet]:
        """The content of all parts by name, or the beginning of long ones."""
        known = spellings(source)
        found = [read_sheets(path, known, ways.get(path)) for path in paths]
        return {name: sheet for sheets in found for name, sheet in sheets.items()}

    def keep(self, work: Work, drafts: list[Draft], receipts: list[FileReceipt]) -> None:
        """Put what a feed gave into its place: the one step at which the home changes."""
        for draft in drafts:
            draft.keep()
        slug = work.feed.source.slug
        seen = Sketch() if work.is_empty else sketch(self.con, work.feed)
        note_health(self.home, slug, work.delivery, receipts, seen)
        note_feed(self.home, slug, work.delivery.as_known)

    def refuse(self, slug: str, error: FeedStopped) -> None:
        """Keep that a feed came and was stopped."""
        note_stopped(self.home, slug, self.folder.for_source(slug), error)

    def place(self, *parts: str) -> Path:
        """Where a file belongs."""
        return self.home.joinpath(*parts)

    def resolve(self, by_person: Collection[str]) -> Resolved:
        """Keep the names that the delivery brought, and look for who is only named.

        A killed load does both again.
        """
        keep_names(self.con, self.veil.names(), self.home / "vault" / "names", self.keys.vault)
        names = self.con.execute("SELECT token, clear FROM known_name").to_arrow_table()
        return resolve(self.store, names, as_known=self.folder.as_known, by_person=by_person)

    def _prepared(self, source: Source, sheets: dict[str, Sheet]) -> Work:
        headers = tuple(match(s.headers, source, self.folder.path / n) for n, s in sheets.items())
        delivery = self.folder.for_source(source.slug)
        summed = tuple(self.folder.control.get(source.slug, {}))
        feed = Feed(source, headers, self.folder.as_known, summed)
        if _nothing(sheets.values(), source, delivery):
            tallies = [Tally(0, sheet.misshapen) for sheet in sheets.values()]
            return Work(feed, delivery, sheets, tallies, [], is_empty=True)
        work = self._clean(feed, delivery, sheets)
        last = self.folder.path / list(sheets)[-1]
        settle(self.con, feed, delivery, self._rows(source))
        check_size(self.con, feed, delivery, last)
        check_units(self.con, feed, self._rows(source), last)
        return work

    def _rows(self, source: Source) -> Path:
        return self.home / "tables" / "_rows" / source.slug

    def _clean(self, feed: Feed, delivery: Delivery, sheets: dict[str, Sheet]) -> Work:
        parts = list(sheets.values())
        self.con.execute(f"SET threads TO {THREADS}")
        people = self.store.files("Person")
        tallies = clean(self.con, feed, parts, people=people, veil=self.veil)
        judge(self.con, feed)
        return Work(feed, delivery, sheets, tallies, quarantine.collect(self.con, feed, parts))

    def _draft(self, work: Work, drafts: list[Draft]) -> int:
        """Write everything a feed gives under other names; returns how many facts."""
        slug, seq = work.feed.source.slug, self.store.next_seq()
        fresh = newcomers(self.con, self.veil.people(), _people_sql(work.feed))

        def add(draft: Draft | None) -> int:
            if draft:
                drafts.append(draft)
            return draft.rows if draft else 0

        table = self.place("quarantine", work.delivery.batch, f"{slug}.parquet")
        add(quarantine.write(self.con, work.sheets, work.tallies, work.troubled, table,
                             work.delivery.batch, lambda: self.keys.vault))  # fmt: skip
        facts = 0
        for name, tables in self._made(work, fresh, seq).items():
            facts += add(self.store.drafted(name, tables, seq=seq, source=slug))
        if work.feed.source.rows_table:
            found = make_parameters(self.con, seq)
            path = self.place("tables", "parameters", f"{seq:06d}-{slug}.parquet")
            facts += add(drafted(path, [found]) if found.num_rows else None)
        if fresh.num_rows:
            path = self.place("vault", f"{seq:06d}-{slug}.parquet")
            add(drafted(path, [sealed(fresh, self.keys.vault)]))
        rows = self.place("tables", "_rows", slug, f"{seq:06d}-{slug}.parquet")
        add(self._kept_rows(work, rows, seq))
        remember(self.con, fresh, self.veil)
        return facts

    def _made(
        self, work: Work, fresh: pa.Table, seq: int
    ) -> dict[tuple[str, ...], Iterable[pa.Table]]:
        """Records by label or (type, start, end), table by table; those of newcomers first."""
        source = work.feed.source
        made: dict[tuple[str, ...], Iterable[pa.Table]] = {}
        for name, queries in make_facts(self.con, source, work.delivery, self.store, seq).items():
            made[name] = chain.from_iterable(stream(self.con, sql) for sql in queries)
        if fresh.num_rows:
            own = [_identities(fresh, work.delivery, source.slug, seq)]
            made[("Person",)] = chain(own, made.pop(("Person",), ()))
        return made

    def _kept_rows(self, work: Work, path: Path, seq: int) -> Draft | None:
        """What was accepted and what ended; None where a delivery says nothing new."""
        delivery = work.delivery
        told = {
            "batch": delivery.batch,
            "as_known": delivery.as_known.isoformat(),
            "mode": delivery.mode,
        }
        sql = f"""
            SELECT * EXCLUDE (replaced, was_true, deleted) REPLACE (true AS retracted), {seq} AS seq
            FROM outgoing WHERE NOT replaced
            UNION ALL BY NAME SELECT * EXCLUDE (was_true), {seq} AS seq FROM incoming"""
        tables = (table.replace_schema_metadata(told) for table in stream(self.con, sql))
        first = next(tables)
        days = snapshots(self._rows(work.feed.source))
        if not first.num_rows and (delivery.mode == "delta" or delivery.as_known in days):
            return None
        return drafted(path, chain([first], tables))

    def _fates(self, feed: Feed) -> dict[tuple[int, str], int]:
        """Number of rows by part and fate; repaired ones again under their own name."""
        grades = [
            f"\"{c.name}__grade\" = 'repaired'"
            for c in feed.source.columns.values()
            if c.type in (*NUMBERS, "uscc")
        ]
        repaired = f"count(*) FILTER (_fate = 'kept' AND ({' OR '.join(grades) or 'false'}))"
        sql = f"SELECT _part, _fate, count(*), {repaired} FROM judged GROUP BY ALL"
        found: dict[tuple[int, str], int] = {}
        for part, fate, count, mended in self.con.execute(sql).fetchall():
            found[part, fate] = count
            found[part, "repaired"] = found.get((part, "repaired"), 0) + mended
        return found

    def _reasons(self, work: Work) -> list[dict[str, int]]:
        """How often each reason was given, by part."""
        found: list[dict[str, int]] = [{} for _ in work.tallies]
        sql = "SELECT _part, reason, count(*) FROM trouble GROUP BY ALL ORDER BY ALL"
        for part, reason, count in self.con.execute(sql).fetchall() if work.troubled else ():
            found[part][reason] = count
        for why, tally in zip(found, work.tallies, strict=True):
            for _, reason, _ in tally.misshapen:
                why[reason] = why.get(reason, 0) + 1
        return found

    def _receipts(self, work: Work, facts: int) -> list[FileReceipt]:
        fates = {} if work.is_empty else self._fates(work.feed)
        found: list[FileReceipt] = []
        why = self._reasons(work)
        for part, (name, tally) in enumerate(zip(work.sheets, work.tallies, strict=True)):
            last = part == len(work.sheets) - 1
            totals = self._totals(work, empty=not fates) if last else []
            found.append(
                FileReceipt(
                    batch=self.folder.batch,
                    file=name,
                    source=work.feed.source.slug,
                    rows_in=tally.sent,
                    loaded=fates.get((part, "kept"), 0),
                    quarantined=fates.get((part, "refused"), 0) + len(tally.misshapen),
                    duplicates=fates.get((part, "duplicate"), 0),
                    repaired=fates.get((part, "repaired"), 0),
                    facts=facts if last else 0,
                    reasons=why[part],
                    control=[
                        {"name": t.name, "expected": t.expected, "found": t.found} for t in totals
                    ],
                    absent=work.feed.headers[part].absent,
                    remarks=work.sheets[name].remarks,
                )
            )
        return found

    def _totals(self, work: Work, *, empty: bool) -> list[Control]:
        rows = sum(tally.sent for tally in work.tallies)
        wanted = self.folder.control.get(work.feed.source.slug, {})
        return compare(self.con, work.feed, wanted, rows, empty=empty)


def _nothing(sheets: Iterable[Sheet], source: Source, delivery: Delivery) -> bool:
    """Whether the files hold no rows, and that says nothing."""
    rows = sum(s.rows.num_rows + len(s.misshapen) for s in sheets)
    return rows == 0 and not (delivery.mode == "snapshot" and source.nature == "register")


def stream(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[pa.Table]:
    """The rows of a query in tables of a row group; one table at least."""
    reader = con.execute(sql).to_arrow_reader(ROWS)
    some = False
    for batch in reader:
        some = True
        yield pa.Table.from_batches([batch])
    if not some:
        yield reader.schema.empty_table()


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
