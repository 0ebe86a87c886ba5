"""Repaired lines loaded back: a delivery of its own for each batch and source they came from.

A repair is known from the day on which it is sent again, and keeps its origin: batch and line of
its rows are those of the delivery that was refused. It goes over the same desk as any delivery.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from doudi.graph.errors import FeedStopped, in_lang
from doudi.graph.tables import FactStore
from doudi.loaders.bench import Bench, Repair
from doudi.loaders.desk import Desk
from doudi.loaders.fates import Fate, note_fates
from doudi.loaders.grid import grid_of_rows
from doudi.loaders.identity import Keys, Veil, open_vault
from doudi.loaders.macros import engine
from doudi.loaders.mended import mended
from doudi.loaders.messages import note, stopped
from doudi.loaders.names import open_names
from doudi.loaders.read import Sheet
from doudi.loaders.receipt import RepairedFile, RepairReceipt
from doudi.loaders.source import sources
from doudi.loaders.statements import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from doudi.graph.errors import Lang, Pair
    from doudi.loaders.mended import Lot
    from doudi.loaders.receipt import FileReceipt
    from doudi.loaders.source import Source


def today() -> date:
    """The day on which a repair is known."""
    return datetime.now(UTC).date()


def resubmit(
    book: Path,
    home: Path,
    *,
    lang: Lang = "zh",
    progress: Callable[[str], None] | None = None,
) -> RepairReceipt:
    """Load the repaired lines of a book that was exported from quarantine.

    Args:
        book: The workbook.
        home: The home folder.
        lang: Language of the messages.
        progress: Told each batch and source.

    Returns:
        One entry a file; ``exit_code`` is 3 when the lines of one could not be used.

    Raises:
        DeliveryError: if the book is none of ours, or was changed elsewhere than in raw cells.
        UsageError: if there is no such file.
    """
    declared = sources(home / "sources")
    keys = Keys(home / "keys")
    lots = mended(book, home, keys, declared)
    con = engine(home / "tables" / "_spill")
    try:
        open_vault(con, home / "vault")
        open_names(con, home / "vault" / "names", keys.vault)
        store, veil = FactStore(home / "tables"), Veil(keys.pid)
        benches = [_bench(Desk(con, home, _folder(lot), keys, store, veil), lot) for lot in lots]
        receipt = _work_through(benches, lots, declared, lang, progress)
        if any(bench.sheets for bench in benches):
            benches[-1].resolve(declared)
        return receipt
    finally:
        con.close()


def _folder(lot: Lot) -> Repair:
    """What a repair says of itself; it is never known before its origin was."""
    origin, epoch = lot.origin.told.delivery, lot.epoch
    known = max(today(), origin.as_known)
    epochs = {lot.source: epoch} if epoch else {}
    return Repair(Path(lot.batch), lot.batch, known, "delta", epochs=epochs, month=origin.month)


def _bench(desk: Desk, lot: Lot) -> Bench:
    delivery = lot.origin.told.delivery
    origin = Origin(delivery.as_known, delivery.batch, lot.origin.digest)
    sheets = {
        file: Sheet(*grid_of_rows(headers, rows, desk.folder.path / file, fill=True))
        for file, (headers, rows) in lot.sheets().items()
    }
    return Bench(desk.con, desk.home, desk.folder, desk.keys, desk.store, desk.veil, origin,
                 sheets, lot.percent())  # fmt: skip  # as the fields stand


def _work_through(
    benches: Sequence[Bench],
    lots: Sequence[Lot],
    declared: Mapping[str, Source],
    lang: Lang,
    progress: Callable[[str], None] | None,
) -> RepairReceipt:
    """All lots, one after the other; what became of their lines."""
    files: list[RepairedFile] = []
    stops: dict[str, str] = {}
    for bench, lot in zip(benches, lots, strict=True):  # one origin after the other
        if progress:
            progress(f"{lot.batch}/{lot.source}")
        try:
            files += _mend(bench, lot, declared[lot.source])
        except FeedStopped as error:
            stops[f"{lot.batch}/{lot.source}"] = in_lang(error.message, lang)
    told = [in_lang(one, lang) for file in files for one in _remarks(file)]
    return RepairReceipt(tuple(files), (*stops.values(), *told), stops)


def _mend(bench: Bench, lot: Lot, source: Source) -> list[RepairedFile]:
    """Load the lines of one lot and note what became of them.

    Raises:
        FeedStopped: if they cannot be used; nothing of them is loaded then.
    """
    if not bench.sheets:
        return _counted(lot, [], Counter())
    try:
        receipts = bench.load_feed(bench.folder.dated(source), [])
    except duckdb.Error as error:  # its own message quotes the value
        path = bench.folder.path / next(iter(bench.sheets))
        raise stopped(path, "engine", kind=type(error).__name__) from None
    fates = _fates(bench, lot)
    note_fates(bench.home, bench.folder.as_known, fates)
    aside = Counter(fate.place[2] for fate in fates if fate.fate == "overtaken")
    return _counted(lot, receipts, aside)


def _fates(bench: Bench, lot: Lot) -> list[Fate]:
    """What became of each line that was accepted or is a copy."""
    places = {(line.file, line.line): line.place for line in lot.lines}
    files = list(bench.sheets)
    found = bench.con.execute("""
        SELECT j._part, j._line, CASE WHEN s.line IS NOT NULL THEN 'overtaken'
                   WHEN _fate = 'kept' THEN 'loaded' ELSE _fate END,
               coalesce(list_transform(_whys, w -> w.field), [])
        FROM judged j LEFT JOIN set_aside s ON s._part = j._part AND s.line = j._line
        WHERE _fate <> 'refused'""").fetchall()
    return [Fate(places[files[p], line], fate, tuple(still)) for p, line, fate, still in found]


def _counted(lot: Lot, receipts: Iterable[FileReceipt], aside: Counter[str]) -> list[RepairedFile]:
    """The receipt of each file of a lot: what was loaded, and what was left as it was."""
    loaded = {receipt.file: receipt for receipt in receipts}
    found = []
    for file, left in lot.left.items():  # a file or two
        refused = sum(line.is_refused for line in left)
        own = loaded.get(file)
        said: dict[str, Any] = {} if own is None else {
            "loaded": own.loaded - aside[file], "duplicates": own.duplicates, "repaired": own.repaired,
            "facts": own.facts, "reasons": own.reasons, "absent": own.absent,
        }  # fmt: skip  # as the receipt of the load has them
        said["duplicates"] = said.get("duplicates", 0) + len(left) - refused
        said["quarantined"] = refused + (own.quarantined if own else 0)
        count = len(left) + (own.rows_in if own else 0)
        found.append(
            RepairedFile(lot.batch, file, lot.source, count, **({"loaded": 0, "repaired": 0} | said),
                         overtaken=aside[file], unchanged=len(left))
        )  # fmt: skip  # one receipt
    return found


def _remarks(file: RepairedFile) -> list[Pair]:
    """What to say of lines that are still refused, left or overtaken."""
    name = f"{file.batch}/{file.file}"
    again = sum(file.reasons.values())
    counts = {"left": file.unchanged, "overtaken": file.overtaken, "again": again}
    return [note(f"repair_{what}", file=name, count=n) for what, n in counts.items() if n]
