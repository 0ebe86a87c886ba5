"""The desk on which the feeds of one delivery are worked, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.graph.drafts import draft as drafted
from doudi.loaders import quarantine
from doudi.loaders.accounts import file_receipts
from doudi.loaders.clean import Feed, Tally, clean
from doudi.loaders.feeds import note_feed
from doudi.loaders.headers import match, spellings
from doudi.loaders.health import note_health, note_stopped
from doudi.loaders.identity import Keys, Veil, remember, sealed
from doudi.loaders.judge import judge
from doudi.loaders.messages import stopped
from doudi.loaders.modes import kept_sql, parquet_sql, recall, settle, settle_nothing
from doudi.loaders.names import keep_names
from doudi.loaders.newcomers import identities, newcomers, people_sql
from doudi.loaders.overtaken import heard
from doudi.loaders.plausible import check_size, check_units
from doudi.loaders.read import ReadAgain, Way, read_sheets
from doudi.loaders.replay import stream, tell_anew, tell_on
from doudi.loaders.resolve import resolve
from doudi.loaders.sketch import Sketch, sketch
from doudi.loaders.statements import (
    KEPT_WORDS,
    about_statement,
    state,
    statements,
    unkept_values,
)
from doudi.loaders.tombstones import note_names
from doudi.loaders.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

    from doudi.graph.drafts import Draft
    from doudi.graph.errors import FeedStopped
    from doudi.graph.tables import FactStore
    from doudi.loaders.control import Folder
    from doudi.loaders.modes import Delivery
    from doudi.loaders.read import Sheet
    from doudi.loaders.receipt import FileReceipt
    from doudi.loaders.replay import Telling
    from doudi.loaders.resolve import Resolved
    from doudi.loaders.source import Source
    from doudi.loaders.statements import Statement


_LATER = "(known_from > ? OR (known_from = ? AND batch > ?))"
"""Records of deliveries that come after a day, or after a batch of that day."""

THREADS = 1
"""Threads of the engine: two take a quarter more processor time for the same rows."""


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
            receipts = file_receipts(self.con, work, self.folder, facts)
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

    def refusals(self, work: Work) -> Draft | None:
        """The quarantine table with what it does not say yet; None where there is nothing new."""
        if not (work.troubled or any(tally.misshapen for tally in work.tallies)):
            return None
        slug, delivery = work.feed.source.slug, work.delivery
        table = self.place("quarantine", delivery.batch, f"{slug}.parquet")
        came = quarantine.Came(delivery.batch, delivery.as_known, work.told.digest,
                               quarantine.settled(self.con, work))  # fmt: skip
        return quarantine.write(self.con, work, table, came, self.keys.vault)

    def refuse(self, slug: str, error: FeedStopped) -> None:
        """Keep that a feed came and was stopped."""
        note_stopped(self.home, slug, self.folder.for_source(slug), error)

    def place(self, *parts: str) -> Path:
        """Where a file belongs."""
        return self.home.joinpath(*parts)

    def resolve(self, declared: Mapping[str, Source]) -> Resolved:
        """Keep the names that the delivery brought, and look for who is only named.

        A killed load does both again.
        """
        keep_names(self.con, self.veil.names(), self.home / "vault" / "names", self.keys.vault)
        names = self.con.execute("SELECT token, clear FROM known_name").to_arrow_table()
        return resolve(self.store, names, as_known=self.folder.as_known, declared=declared)

    def feed(self, source: Source, sheets: Mapping[str, Sheet]) -> Feed:
        """The declaration of a source and the columns of its parts."""
        headers = tuple(match(s.headers, source, self.folder.path / n) for n, s in sheets.items())
        summed = tuple(self.folder.control.get(source.slug, {}))
        return Feed(source, headers, self.folder.as_known, summed)

    def state(self, feed: Feed, delivery: Delivery, sheets: Mapping[str, Sheet]) -> Statement:
        """What the accepted rows say."""
        return state(self.con, feed, delivery, sheets)

    def _prepared(self, source: Source, sheets: dict[str, Sheet]) -> Work:
        feed, delivery = self.feed(source, sheets), self.folder.for_source(source.slug)
        if _nothing(sheets.values(), source, delivery):
            tallies = [Tally(0, sheet.misshapen) for sheet in sheets.values()]
            return Work(feed, delivery, sheets, tallies, [])
        work = self._clean(feed, delivery, sheets)
        last = self.folder.path / list(sheets)[-1]
        recall(self.con, work.told.told, kept_sql(self.con, source, self._rows(source)))
        self._require_said(work.told, last)
        check_size(self.con, feed, delivery, last)
        check_units(self.con, feed, self._rows(source), last)
        return work

    def _rows(self, source: Source) -> Path:
        return self.home / "tables" / "_rows" / source.slug

    def _said(self, source: Source) -> Path:
        return self.home / "tables" / "_said" / source.slug

    def _clean(self, feed: Feed, delivery: Delivery, sheets: dict[str, Sheet]) -> Work:
        parts = list(sheets.values())
        self.con.execute(f"SET threads TO {THREADS}")
        people = self.store.files("Person")
        tallies = clean(self.con, feed, parts, people=people, veil=self.veil)
        judge(self.con, feed)
        troubled = quarantine.collect(self.con, feed, parts)
        statement = self.state(feed, delivery, sheets)
        return Work(feed, delivery, sheets, tallies, troubled, statement)

    def _draft(self, work: Work, drafts: list[Draft]) -> int:
        """Write everything a feed gives under other names; returns how many facts.

        What was said comes last, so that a killed load is done again.
        """
        source, statement = work.feed.source, work.told
        note_names(self.con, work.feed)
        telling = self._tell(statement)
        fresh = newcomers(self.con, self.veil.people(), people_sql(work.feed))

        def add(draft: Draft | None) -> int:
            if draft:
                drafts.append(draft)
            return draft.rows if draft else 0

        add(self.refusals(work))
        facts = 0
        if telling is not None:
            stem = f"{telling.last:06d}-{source.slug}"
            facts = sum(add(draft) for draft in self._facts(work, telling, fresh))
            facts += add(self._parameters(telling, stem))
            if fresh.num_rows:
                vault = self.place("vault", f"{stem}.parquet")
                add(drafted(vault, [sealed(fresh, self.keys.vault)]))
            for draft in self._said_and_rows(statement, telling, stem):
                add(draft)
        remember(self.con, fresh, self.veil)
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
            settle_nothing(self.con)
            return None
        seq = self.store.next_seq()
        if before and before[-1].place > statement.place:
            return tell_anew(self.con, statement, self.store, seq)
        with heard(self.con, statement, before):
            settle(self.con, statement.told)
        return tell_on(self.con, statement, self.store, seq)

    def _facts(self, work: Work, telling: Telling, fresh: pa.Table) -> Iterator[Draft | None]:
        """Records of facts, those of newcomers first, and which ones are told anew."""
        slug, person = work.feed.source.slug, ("Person",)
        earlier = self._known_later(work)
        for people in (fresh, earlier):
            if people.num_rows:
                own = identities(people, work.delivery, slug, telling.first)
                telling.facts[person] = chain([own], telling.facts.pop(person, ()))
        if earlier.num_rows:
            ids = [earlier.select(["fact_id"])]
            ids += [telling.retold[person]] if person in telling.retold else []
            telling.retold[person] = pa.concat_tables(ids)
        for name, tables in telling.facts.items():
            yield self.store.drafted(name, tables, seq=telling.last, source=slug)
        for name, facts in telling.retold.items():
            yield self.store.retold(name, facts, seq=telling.first, source=slug)

    @cached_property
    def _is_late(self) -> bool:
        """Whether anybody was first heard of in a delivery that comes after this one."""
        sql = f"SELECT 1 FROM ({self.store.records('Person')}) WHERE {_LATER} LIMIT 1"
        return self.con.execute(sql, self.place_in_history).fetchall() != []

    @property
    def place_in_history(self) -> list[str]:
        """The delivery's place in the history, as ``_LATER`` asks for it."""
        day = self.folder.as_known.isoformat()
        return [day, day, self.folder.batch]

    def _known_later(self, work: Work) -> pa.Table:
        """People of a feed of whom the tables know only from later deliveries."""
        where = _LATER if self._is_late else "false"
        return self.con.execute(
            f"""SELECT fact_id, id AS pid, sex, birth_date FROM ({self.store.records("Person")})
            WHERE starts_with(fact_id, 'person:') AND {where} AND id IN ({people_sql(work.feed)})""",
            self.place_in_history if self._is_late else [],
        ).to_arrow_table()

    def _parameters(self, telling: Telling, stem: str) -> Draft | None:
        found, whole = telling.parameters, telling.whole
        if found is None or not (whole or found.num_rows):
            return None
        end = ".whole" if whole else ""
        return drafted(self.place("tables", "parameters", f"{stem}{end}.parquet"), [found])

    def _said_and_rows(
        self, statement: Statement, telling: Telling, stem: str
    ) -> Iterator[Draft | None]:
        """Records of rows, values that no record has, and what was said."""
        told, file = statement.told, f"{stem}.parquet"
        slug = told.source.slug
        rows = drafted(self.place("tables", "_rows", slug, file), telling.rows)
        if rows is not None and rows.rows:
            yield rows
        elif rows is not None:
            rows.drop()
        if telling.retold_rows is not None and telling.retold_rows.num_rows:
            seqs = pa.array([telling.first] * telling.retold_rows.num_rows, pa.int64())
            retold = telling.retold_rows.append_column("seq", seqs)
            yield drafted(self.place("tables", "_rows", slug, "retold", file), [retold])
        now = "SELECT NULL::VARCHAR AS row_hash WHERE false"
        if rows is not None and rows.rows:
            now = f"SELECT row_hash FROM {parquet_sql([rows.draft])}"
        values = unkept_values(self.con, told, now, self._said(told.source))
        if values is not None:
            yield drafted(self.place("tables", "_said", slug, "rows", file), [values])
        about = about_statement(statement)
        words = (t.replace_schema_metadata(about) for t in stream(self.con, KEPT_WORDS))
        yield drafted(self.place("tables", "_said", slug, file), words)


def _nothing(sheets: Iterable[Sheet], source: Source, delivery: Delivery) -> bool:
    """Whether the files hold no rows, and that says nothing."""
    rows = sum(s.rows.num_rows + len(s.misshapen) for s in sheets)
    return rows == 0 and not (delivery.mode == "snapshot" and source.nature == "register")
