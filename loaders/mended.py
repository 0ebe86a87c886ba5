"""A repaired book matched to the lines in quarantine: what was changed, and that nothing else was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.cells import meant, shown
from doudi.graph.errors import filled, joined
from doudi.loaders.quarantine_back import not_ours, read_book, repaired
from doudi.loaders.refused import lines
from doudi.loaders.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from doudi.graph.errors import Pair
    from doudi.loaders.identity import Keys
    from doudi.loaders.quarantine_back import Sent
    from doudi.loaders.refused import Line
    from doudi.loaders.source import Source
    from doudi.loaders.statements import Statement

PROBLEMS_TOLD = 5
"""Problems of a book that are told; the others are counted."""

Rows = list[tuple[int, tuple[str, ...]]]


@dataclass(frozen=True)
class Lot:
    """The lines of a book that one delivery of a source had.

    Attributes:
        origin: What the delivery said.
        cells: Each line with its cells as they were repaired; None where it was left as it was.
    """

    batch: str
    source: str
    origin: Statement
    cells: tuple[tuple[Line, tuple[str, ...] | None], ...]

    @property
    def lines(self) -> list[Line]:
        """Lines that were changed."""
        return [line for line, cells in self.cells if cells is not None]

    @property
    def left(self) -> dict[str, list[Line]]:
        """Lines that were left as they were, by file; every file of the lot is there."""
        found: dict[str, list[Line]] = {line.file: [] for line, _ in self.cells}
        for line, cells in self.cells:
            if cells is None:
                found[line.file].append(line)
        return found

    @property
    def epoch(self) -> int:
        """First year of the serial dates of its files, where it is not 1900; else 0."""
        years = {line.settled.get("epoch", 1900) for line, _ in self.cells}
        return max(years) if years != {1900} else 0

    def sheets(self) -> dict[str, tuple[tuple[str, ...], Rows]]:
        """Headers and changed lines of each file that has any, with the origin's line numbers."""
        found: dict[str, tuple[tuple[str, ...], Rows]] = {}
        for line, cells in sorted(self.cells, key=lambda one: one[0].place):
            if cells is not None:
                found.setdefault(line.file, (line.headers or (), []))[1].append((line.line, cells))
        return found

    def percent(self) -> dict[str, dict[str, bool]]:
        """Columns of shares by file, and whether they are in percent there."""
        return {line.file: line.settled.get("percent", {}) for line, _ in self.cells}


def mended(book: Path, home: Path, keys: Keys, declared: Mapping[str, Source]) -> list[Lot]:
    """The lines of a book by the delivery they come from, the oldest first.

    Raises:
        DeliveryError: if the book is none of ours, or was changed elsewhere than in raw cells.
        UsageError: if there is no such file.
    """
    sent = read_book(book)
    known = _known(home, keys, sent)
    told = {slug: statements(source, home / "tables" / "_said" / slug)
            for slug, source in declared.items()
            if slug in {line.source for line in known.values()}}  # fmt: skip  # one table
    problems: list[Pair] = []
    lots: dict[tuple[str, int], list[tuple[Line, tuple[str, ...] | None]]] = {}
    origins: dict[tuple[str, int], Statement] = {}
    seen: set[str] = set()
    for one in sent:  # what people typed is looked at cell by cell
        line = known.get(one.info[0])
        origin = _origin(line, told) if line else None
        if problem := _problem(one, line, origin, seen):
            problems.append(joined([one.where, problem], "：", ": "))
        if problem or line is None or origin is None:
            continue
        seen.add(line.mark)
        origins[line.source, origin.seq] = origin
        lots.setdefault((line.source, origin.seq), []).append((line, repaired(line, one)))
    if problems:
        raise not_ours(book, _some(problems))
    found = [Lot(o.told.delivery.batch, slug, o, tuple(lots[slug, seq]))
             for (slug, seq), o in origins.items()]  # fmt: skip  # one list
    return sorted(found, key=lambda lot: (lot.origin.place, lot.source, lot.origin.seq))


def _known(home: Path, keys: Keys, sent: Iterable[Sent]) -> dict[str, Line]:
    """The lines in quarantine by mark: of the batches in the book, of all where one is not found."""
    there = {path.parent.name for path in (home / "quarantine").glob("*/*.parquet")}
    named = {meant(one.info[1]) for one in sent} & there
    found = {line.mark: line for b in sorted(named) for line in lines(home, keys, b, every=True)}
    if any(one.info[0] not in found for one in sent):
        found |= {line.mark: line for line in lines(home, keys, every=True)}
    return found


def _origin(line: Line, told: Mapping[str, Sequence[Statement]]) -> Statement | None:
    """What the delivery of a line said; of old tables, what the newest load of its batch said."""
    own = [s for s in told.get(line.source, ()) if s.origin is None]
    own = [s for s in own if s.told.delivery.batch == line.batch]
    exact = [s for s in own if (s.told.delivery.as_known, s.digest) == (line.as_known, line.told)]
    return next(iter(exact or own[-1:]), None)


def _problem(one: Sent, line: Line | None, origin: Statement | None, seen: set[str]) -> Pair | None:
    """What is wrong with a row of the book beside its raw cells."""
    if line is None:
        return "隔离表中没有这一行", "this line is not in quarantine"
    if line.mark in seen:
        return "同一行出现两次", "the same line stands twice"
    was = (line.batch, line.file, str(line.line))
    names = [name for name, old, new in zip(("batch", "file", "line"), was, one.info[1:4], strict=True)
             if shown(old) != new]  # fmt: skip  # one list
    if names:
        told = ", ".join(names)
        return filled(
            "信息列被改动：{names}", "an information column was changed: {names}", names=told
        )
    if line.headers is None or origin is None:
        return (
            "该批次由旧版本载入，没有留下表头；请先重新载入该批次，再导出",
            "an older release loaded this batch and kept no headers; load the batch again, then export",
        )
    if tuple(map(shown, line.headers)) != one.headers[: len(line.headers)]:
        return "原始表头被改动", "the raw headers were changed"
    return None


def _some(problems: Sequence[Pair]) -> Pair:
    """The first problems; the others are counted."""
    more = len(problems) - PROBLEMS_TOLD
    rest = [filled("另有 {n} 处", "{n} more", n=more)] if more > 0 else []
    return joined([*problems[:PROBLEMS_TOLD], *rest])
