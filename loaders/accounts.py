"""The account of a feed's files: every row that was sent, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders.control import compare
from doudi.loaders.receipt import FileReceipt
from doudi.loaders.source import NUMBERS

if TYPE_CHECKING:
    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.control import Folder
    from doudi.loaders.receipt import Control
    from doudi.loaders.work import Work


def file_receipts(
    con: duckdb.DuckDBPyConnection, work: Work, folder: Folder, facts: int
) -> list[FileReceipt]:
    """What became of the rows of each file.

    Args:
        con: The engine, with ``judged`` and ``trouble``.
        work: The feed.
        folder: The delivery, with its control totals.
        facts: How many facts the feed gave; the last file's receipt says so.
    """
    fates = {} if work.is_empty else _fates(con, work.feed)
    found: list[FileReceipt] = []
    why = _reasons(con, work)
    for part, (name, tally) in enumerate(zip(work.sheets, work.tallies, strict=True)):
        last = part == len(work.sheets) - 1
        totals = _totals(con, work, folder, empty=not fates) if last else []
        found.append(
            FileReceipt(
                batch=folder.batch,
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


def _fates(con: duckdb.DuckDBPyConnection, feed: Feed) -> dict[tuple[int, str], int]:
    """Number of rows by part and fate; repaired ones again under their own name."""
    grades = [
        f"\"{c.name}__grade\" = 'repaired'"
        for c in feed.source.columns.values()
        if c.type in (*NUMBERS, "uscc")
    ]
    repaired = f"count(*) FILTER (_fate = 'kept' AND ({' OR '.join(grades) or 'false'}))"
    sql = f"SELECT _part, _fate, count(*), {repaired} FROM judged GROUP BY ALL"
    found: dict[tuple[int, str], int] = {}
    for part, fate, count, mended in con.execute(sql).fetchall():
        found[part, fate] = count
        found[part, "repaired"] = found.get((part, "repaired"), 0) + mended
    return found


def _reasons(con: duckdb.DuckDBPyConnection, work: Work) -> list[dict[str, int]]:
    """How often each reason was given, by part."""
    found: list[dict[str, int]] = [{} for _ in work.tallies]
    sql = "SELECT _part, reason, count(*) FROM trouble GROUP BY ALL ORDER BY ALL"
    for part, reason, count in con.execute(sql).fetchall() if work.troubled else ():
        found[part][reason] = count
    for why, tally in zip(found, work.tallies, strict=True):
        for _, reason, _ in tally.misshapen:
            why[reason] = why.get(reason, 0) + 1
    return found


def _totals(
    con: duckdb.DuckDBPyConnection, work: Work, folder: Folder, *, empty: bool
) -> list[Control]:
    rows = sum(tally.sent for tally in work.tallies)
    wanted = folder.control.get(work.feed.source.slug, {})
    return compare(con, work.feed, wanted, rows, empty=empty)
