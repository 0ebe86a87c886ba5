"""Load a delivery: each feed read, cleaned, compared with what is known, and written as facts.

Four steps a feed, the same for every source: read, clean, settle, write. A feed that cannot be used
is stopped with one message and leaves nothing behind; the others go on. Everything a feed gives is
worked out before the first file is written, and each file appears whole or not at all; a load that
was killed in between is simply done again, because rows are kept last and facts have stable names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

from doudi.graph.errors import FeedStopped, HomeError, filled, in_lang, joined, nearest
from doudi.graph.tables import FactStore
from doudi.loaders.control import read_folder, summable
from doudi.loaders.desk import Desk
from doudi.loaders.identity import Keys, Veil, open_vault
from doudi.loaders.macros import engine
from doudi.loaders.messages import note, stopped
from doudi.loaders.names import open_names
from doudi.loaders.receipt import FileReceipt, LoadReceipt
from doudi.loaders.resolve import by_person
from doudi.loaders.source import Source, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from doudi.graph.errors import Lang, Pair, Said
    from doudi.loaders.control import Folder
    from doudi.loaders.receipt import Control


def load(
    delivery: Path,
    home: Path,
    *,
    lang: Lang = "zh",
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
        One entry a file; ``exit_code`` is 3 when a feed was stopped, a control total does not
        agree, or more rows were refused than the source lets pass.

    Raises:
        DeliveryError: if the folder cannot be read.
        HomeError: if the home cannot be written.
        SourceError: if a source's TOML is wrong.
    """
    folder = read_folder(delivery)
    declared = sources(extra_sources or home / "sources")
    _require_writable(home)
    con = engine(home / "tables" / "_spill")
    try:
        keys = Keys(home / "keys")
        open_vault(con, home / "vault")
        open_names(con, home / "vault" / "names", keys.vault)
        store = FactStore(home / "tables")
        desk = Desk(con, home, folder, keys, store, Veil(keys.pid))
        receipt = work_through(desk, declared, progress, lang)
        desk.resolve(declared)
        return receipt
    finally:
        con.close()


def work_through(
    desk: Desk, declared: Mapping[str, Source], progress: Callable[[str], None] | None, lang: Lang
) -> LoadReceipt:
    """All feeds of a delivery, each on the desk; what became of them."""
    receipts: list[FileReceipt] = []
    problems: list[Said] = []
    stops: dict[str, str] = {}
    feeds = desk.folder.feeds()
    for slug in _ordered(feeds, declared):  # one data type after the other
        for path in feeds[slug]:
            if progress:
                progress(f"{desk.folder.batch}/{path.name}")
        try:
            receipts += _load_feed(desk, slug, feeds[slug], declared)
        except FeedStopped as error:
            stops[slug] = in_lang(error.message, lang)
            problems.append(error.message)
            if slug in declared:
                desk.refuse(slug, error)
    problems += _no_files(desk.folder, feeds)
    batch = desk.folder.batch
    problems += [note("unread", file=f"{batch}/{n}") for n in desk.folder.unread()]
    problems += [m for r in receipts for m in _unhealthy(r, declared[r.source])]
    notes = [m for r in receipts for m in _remarks(r, declared[r.source], desk.folder)]
    messages = tuple(in_lang(message, lang) for message in (*problems, *notes))
    return LoadReceipt(batch, tuple(receipts), messages, unhealthy=bool(problems), stopped=stops)


def _load_feed(
    desk: Desk, slug: str, paths: list[Path], declared: Mapping[str, Source]
) -> list[FileReceipt]:
    """One feed loaded.

    Raises:
        FeedStopped: if it cannot be used, an engine's error over one of its values included.
    """
    if slug not in declared:
        raise _unknown(paths[0], slug, declared)
    try:
        return desk.load_feed(desk.folder.dated(declared[slug]), paths)
    except duckdb.Error as error:  # its own message quotes the value
        raise stopped(paths[-1], "engine", kind=type(error).__name__) from None


def _ordered(feeds: Collection[str], declared: Mapping[str, Source]) -> list[str]:
    """Registers kept by person first: they say which numbers belong to known people."""
    first = by_person(declared[slug] for slug in feeds if slug in declared)
    return sorted(feeds, key=lambda slug: (slug not in first, slug))


def _unknown(path: Path, slug: str, declared: Iterable[str]) -> FeedStopped:
    return stopped(path, "unknown_source", slug=slug, near=nearest(slug, declared))


def _no_files(folder: Folder, feeds: Iterable[str]) -> list[Pair]:
    """Control totals of files that are not there."""
    there = set(feeds)
    return [note("no_file", file=f"{folder.batch}/{s}") for s in folder.control if s not in there]


def _unhealthy(receipt: FileReceipt, source: Source) -> list[Pair]:
    """What about a file needs the sender: totals that do not agree, too many refused rows or numbers lost."""
    file = f"{receipt.batch}/{receipt.file}"
    found = [m for total in receipt.totals for m in _disagrees(total, file, source)]
    limit = source.expect.rejected
    if receipt.quarantined > max(limit * receipt.rows_in, FEW_REFUSED):
        counts = {"rows": receipt.rows_in, "refused": receipt.quarantined, "limit": limit}
        found.append(note("rejected", file=file, **counts))
    lost = receipt.reasons.get("id.scientific", 0)
    if lost > max(SCIENTIFIC * receipt.rows_in, FEW_LOST):
        found.append(note("scientific", file=file, lost=lost, limit=SCIENTIFIC))
    return found


def _disagrees(total: Control, file: str, source: Source) -> list[Pair]:
    """What to say of a control total that cannot be compared, or is not equal."""
    if total.name != "rows" and not summable(source, total.name):
        return [note("no_total", file=file, name=total.name)]
    if total.agrees:
        return []
    sums = {"expected": total.expected, "found": total.found}
    return [note("control", file=file, name=total.name, **sums)]


SCIENTIFIC = 0.005
"""Share of numbers that a spreadsheet made scientific, above which the sender has to send again."""

FEW_LOST = 3
"""So many of them pass in a small file."""

FEW_REFUSED = 10
"""So many refused rows pass in a small file without a message of their own."""


def _remarks(receipt: FileReceipt, source: Source, folder: Folder) -> list[Pair]:
    """What is worth knowing, but is nobody's fault."""
    file, found = f"{receipt.batch}/{receipt.file}", []
    if receipt.absent:
        found.append(note("absent", file=file, names=", ".join(receipt.absent)))
    found += [joined([file, remark], "：", ": ") for remark in receipt.remarks]
    rows, most = receipt.rows_in, source.expect.rows[1]
    if folder.for_source(source.slug).mode == "snapshot" and rows > most:
        found.append(note("many", file=file, rows=rows, most=most))
    return found


def _require_writable(home: Path) -> None:
    for name in ("tables", "quarantine", "vault", "keys"):
        try:
            (home / name).mkdir(
                0o700 if name in ("keys", "vault") else 0o777, parents=True, exist_ok=True
            )
        except OSError as error:
            raise _unwritable(home, error.strerror or "") from None
        if not os.access(home / name, os.W_OK):
            raise _unwritable(home, ("只读", "read-only"))


def _unwritable(home: Path, why: Said) -> HomeError:
    return HomeError(
        filled("无法写入主目录（{why}）", "the home folder cannot be written ({why})", why=why),
        where=str(home),
        expected=("当前用户可写的文件夹", "a folder this user may write to"),
        next_step=(
            "用 --home 另选主目录，或改正其权限",
            "give another with --home, or mend its permissions",
        ),
    )
