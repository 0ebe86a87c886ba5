"""Load a delivery: each file read, cleaned, compared with what is known, and written as facts.

Four steps a file, the same for every source: read, clean, settle, write. A file that cannot be used
is stopped with one message and leaves nothing behind; the others go on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow.parquet as pq

from doudi.graph.errors import FeedStopped, HomeError, UnknownName
from doudi.graph.tables import FactStore
from doudi.loaders import quarantine
from doudi.loaders.clean import clean
from doudi.loaders.delivery import Folder, compare, read_folder, slug_in
from doudi.loaders.facts import write_facts
from doudi.loaders.feeds import note_feed
from doudi.loaders.headers import match
from doudi.loaders.identity import Keys, keep_in_vault
from doudi.loaders.modes import settle
from doudi.loaders.parameters import write_parameters
from doudi.loaders.plausible import check_units
from doudi.loaders.read import read_sheet
from doudi.loaders.receipt import Control, FileReceipt, LoadReceipt
from doudi.loaders.source import Source, sources
from doudi.loaders.values import MACROS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doudi.loaders.clean import Frame
    from doudi.loaders.headers import Headers
    from doudi.loaders.read import Sheet


def load(
    delivery: Path,
    home: Path,
    *,
    lang: Literal["zh", "en"] = "zh",
    extra_sources: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> LoadReceipt:
    """Load a delivery folder into the fact tables of a home.

    Args:
        delivery: Folder of ``<slug>.csv`` and the like, with or without ``delivery.toml``.
        home: The home folder.
        lang: Language of the messages.
        extra_sources: Folder with further source TOMLs; ``home/sources`` by default.
        progress: Told each file.

    Returns:
        One entry a file; ``exit_code`` is 3 when a feed was stopped or a total does not agree.

    Raises:
        DeliveryError: if the folder cannot be read.
        HomeError: if the home cannot be written.
        SourceError: if a source's TOML is wrong.
    """
    folder = read_folder(delivery)
    declared = sources(extra_sources or home / "sources")
    _require_writable(home)
    desk = _Desk(home, folder, Keys(home / "keys"), FactStore(home / "tables"))
    receipts: list[FileReceipt] = []
    messages: list[str] = []
    for path in folder.files():  # one data type after the other
        if progress:
            progress(f"{folder.batch}/{path.name}")
        try:
            receipt = desk.load_file(path, declared[slug_in(path, declared)])
        except (FeedStopped, UnknownName) as error:
            messages.append(str(error))
            continue
        receipts.append(receipt)
        note_feed(home, receipt.source, folder.as_known)
        messages += _control_messages(receipt, lang)
    return LoadReceipt(folder.batch, tuple(receipts), tuple(messages))


def _require_writable(home: Path) -> None:
    for name in ("tables", "quarantine", "vault", "keys"):
        try:
            (home / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(home, error.strerror or "") from None
        if not os.access(home / name, os.W_OK):
            raise _unwritable(home, "read-only")


def _unwritable(home: Path, why: str) -> HomeError:
    return HomeError(
        f"the home folder cannot be written ({why})",
        where=str(home),
        expected="a folder this user may write to",
        next_step="give another with --home, or mend its permissions",
    )


def _control_messages(receipt: FileReceipt, lang: Literal["zh", "en"]) -> list[str]:
    texts = {
        "zh": "{file}：控制数 {name} 应为 {expected:,.2f}，实为 {found:,.2f}；请与报送单位核对",
        "en": "{file}: control total {name} should be {expected:,.2f}, is {found:,.2f}; ask the sender",
    }
    return [
        texts[lang].format(file=f"{receipt.batch}/{receipt.file}", **total)
        for total in receipt.control
        if not Control(**total).agrees
    ]


@dataclass(frozen=True)
class _Desk:
    """Where the files of one delivery are worked on."""

    home: Path
    folder: Folder
    keys: Keys
    store: FactStore

    def load_file(self, path: Path, source: Source) -> FileReceipt:
        """Read, clean, settle and write one file."""
        sheet = read_sheet(path)
        headers = match(sheet.headers, source, path)
        con = duckdb.connect()
        try:
            con.execute(MACROS)
            con.execute("SET preserve_insertion_order = true; SET threads TO 2")
            con.register("_sheet", sheet.rows)
            con.execute("CREATE TABLE raw AS SELECT * FROM _sheet")
            return self._work(con, path, source, sheet, headers)
        finally:
            con.close()

    def _work(
        self,
        con: duckdb.DuckDBPyConnection,
        path: Path,
        source: Source,
        sheet: Sheet,
        headers: Headers,
    ) -> FileReceipt:
        delivery = self.folder.for_source(source.slug)
        frame = clean(con, source, headers, as_known=delivery.as_known, key=self.keys.pid)
        rows_folder = self.home / "tables" / "_rows" / source.slug
        check_units(con, headers, rows_folder, path)
        quarantine.collect(con, headers)
        quarantine.write(
            con, sheet, batch=delivery.batch, file=path.name, source=source.slug,
            folder=self.home / "quarantine", vault=self.keys.vault,
        )  # fmt: skip  # one call
        keep_in_vault(con, "token", self.home / "vault", self.keys.vault)
        settle(con, source, frame, delivery, rows_folder)
        seq = self.store.next_seq()
        facts = write_facts(con, source, frame, delivery, self.store, seq)
        if source.rows_table == "parameters":
            facts += write_parameters(con, self.home / "tables" / "parameters", seq)
        self._keep_rows(con, rows_folder, seq)
        return self._receipt(con, path, source, sheet, headers, frame, facts)

    def _keep_rows(self, con: duckdb.DuckDBPyConnection, folder: Path, seq: int) -> None:
        """Keep what was accepted and what ended; last of all, so a killed load is done again."""
        table = con.execute(f"""
            SELECT * EXCLUDE (replaced, was_true) REPLACE (true AS _retracted), {seq} AS seq
            FROM outgoing WHERE NOT replaced
            UNION ALL BY NAME SELECT *, {seq} AS seq FROM incoming""").to_arrow_table()
        if table.num_rows:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{seq:06d}-{folder.name}.parquet"
            draft = path.with_suffix(".new")
            pq.write_table(table, draft, compression="zstd")
            draft.replace(path)

    def _receipt(
        self,
        con: duckdb.DuckDBPyConnection,
        path: Path,
        source: Source,
        sheet: Sheet,
        headers: Headers,
        frame: Frame,
        facts: int,
    ) -> FileReceipt:
        fates = dict(con.execute("SELECT _fate, count(*) FROM judged GROUP BY _fate").fetchall())
        reasons = dict(
            con.execute(
                "SELECT reason, count(*) FROM trouble GROUP BY reason ORDER BY 1"
            ).fetchall()
        )
        for _, reason, _ in sheet.misshapen:
            reasons[reason] = reasons.get(reason, 0) + 1
        grades = [f"\"{c.name}__grade\" = 'repaired'" for c in frame.columns if c.type == "id18"]
        mended = con.execute(
            f"SELECT count(*) FROM judged WHERE _fate = 'kept' AND ({' OR '.join(grades) or 'false'})"
        ).fetchone()
        rows_in = sheet.rows.num_rows + len(sheet.misshapen)
        totals = compare(con, headers, self.folder.control.get(source.slug, {}), rows_in)
        return FileReceipt(
            batch=self.folder.batch,
            file=path.name,
            source=source.slug,
            rows_in=rows_in,
            loaded=fates.get("kept", 0),
            quarantined=fates.get("refused", 0) + len(sheet.misshapen),
            duplicates=fates.get("duplicate", 0),
            repaired=mended[0] if mended else 0,
            facts=facts,
            reasons=reasons,
            control=[{"name": t.name, "expected": t.expected, "found": t.found} for t in totals],
            absent=headers.absent,
        )
