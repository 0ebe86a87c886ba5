"""Workbooks, XLSX and XLS: the sheets that hold the table, and what is said of the others."""

from __future__ import annotations

import io
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import FeedStopped, joined
from doudi.loaders.grid import TITLE_ROWS, Grid, grid_of, header_place
from doudi.loaders.headers import bare
from doudi.loaders.messages import note, stopped
from doudi.loaders.packed import check_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from doudi.graph.errors import Pair

    Rows = Iterator[list[str]]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
SECRET = "EncryptedPackage".encode("utf-16-le")
LAST_ROW = 2**20
"""Rows of a sheet; a row with a greater number is made up."""

CELLS, ROWS = 3, 2
"""So many rows with so many filled cells make a table; fewer are notes."""

MANY_DIGITS = 11
"""Digits from which a sheet's name may be a person's number or phone."""


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook.

    Attributes:
        rows: Gives its rows from line 1, each as long as its writer made it.
    """

    name: str
    hidden: bool
    rows: Callable[[], Rows]


@dataclass(frozen=True)
class _Sorted:
    """Sheets by what they are."""

    tables: list[Page]
    others: list[Page]
    notes: list[Page]
    empty: list[Page]


def read_workbook(file: Path, path: Path, known: AbstractSet[str]) -> dict[str, Grid]:
    """The sheets of a workbook that hold rows of the source.

    Args:
        file: What is read.
        path: What was delivered, for messages.
        known: Known spellings of headers; empty: every sheet with cells counts.

    Returns:
        One grid a sheet by its name; the empty name where only one sheet has rows.

    Raises:
        FeedStopped: if it is no workbook, locked or a bomb, or holds two different tables.
    """
    opened = _xls if file.name.lower().endswith(".xls") else xlsx_pages
    try:
        with opened(file, path) as pages:
            return _tables(pages, path, known)
    except (FeedStopped, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the libraries raise anything over a damaged workbook
        kind = type(error).__name__
        raise stopped(path, "broken_book", kind=kind) from None


def _tables(pages: list[Page], path: Path, known: AbstractSet[str]) -> dict[str, Grid]:
    found = _sort(pages, known)
    _refuse_others(found, path)
    if not found.tables:
        raise stopped(path, "empty")
    grids = {page.name: _grid(page, path, known) for page in found.tables}
    _refuse_different(grids, path, known)
    filled = {name: grid for name, grid in grids.items() if grid.rows.num_rows or grid.misshapen}
    kept = filled or dict(list(grids.items())[:1])
    bare_pages = [page for page in found.tables if page.name not in kept]
    said = _passed_over(found.notes, [*found.empty, *bare_pages])
    return _named(kept, said)


def _named(kept: dict[str, Grid], said: tuple[Pair, ...]) -> dict[str, Grid]:
    """Grids by the name under which their rows are told; what is said of the book with the first."""
    first, *rest = kept.items()
    told = [(first[0], first[1]._replace(remarks=(*first[1].remarks, *said))), *rest]
    return {"": told[0][1]} if len(told) == 1 else dict(told)


def _passed_over(notes: list[Page], empty: list[Page]) -> tuple[Pair, ...]:
    return tuple(
        note(which, names=joined([page.name for page in pages], "、", ", "))
        for which, pages in (("notes_only", notes), ("empty_sheets", empty))
        if pages
    )


def _sort(pages: list[Page], known: AbstractSet[str]) -> _Sorted:
    """Sheets with the source's headers, other tables, notes and empty ones."""
    found = _Sorted([], [], [], [])
    for page in pages:
        head = list(islice(page.rows(), TITLE_ROWS))
        if not any(cell.strip() for row in head for cell in row):
            found.empty.append(page)
        elif header_place(head, known)[1]:
            found.tables.append(page)
        elif _is_table(head) and not page.hidden:
            found.others.append(page)
        else:
            found.notes.append(page)
    if not found.tables:  # whatever is there is taken, so that its headers can be told
        found.tables.extend((found.others or found.notes)[:1])
        del (found.others or found.notes)[:1]
    return found


def _is_table(head: list[list[str]]) -> bool:
    wide = [row for row in head if sum(bool(cell.strip()) for cell in row) >= CELLS]
    return len(wide) >= ROWS


def _refuse_others(found: _Sorted, path: Path) -> None:
    if found.others:
        names = [page.name for page in (*found.tables[:1], *found.others)]
        raise stopped(path, "sheets", names=joined(names, "、", ", "))


def _refuse_different(grids: dict[str, Grid], path: Path, known: AbstractSet[str]) -> None:
    """Stop a workbook whose sheets have different headers."""
    sets = {n: frozenset(bare(h, known) for h in g.headers if h.strip()) for n, g in grids.items()}
    if len(set(sets.values())) > 1:
        raise stopped(path, "sheets", names=joined(list(sets), "、", ", "))


def _grid(page: Page, path: Path, known: AbstractSet[str]) -> Grid:
    return grid_of(page.rows(), path, known, fill=True)


@contextmanager
def xlsx_pages(file: Path, path: Path) -> Iterator[list[Page]]:
    """The sheets of an XLSX workbook, read row by row."""
    from openpyxl import load_workbook

    with file.open("rb") as raw:
        start = raw.read(len(OLE))
        if start == OLE:
            raise stopped(path, "locked" if SECRET in raw.read() else "other_kind", kind="XLS")
        if not start.startswith(ZIP):
            raise stopped(path, "other_kind", kind="XLSX")
    try:
        with zipfile.ZipFile(file) as archive:
            check_sizes(archive, path)
    except zipfile.BadZipFile as error:
        raise stopped(path, "damaged", kind=type(error).__name__) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that no row needs
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            yield [_xlsx_page(s, path, n) for n, s in enumerate(book.worksheets, start=1)]
        finally:
            book.close()


def _xlsx_page(sheet: Any, path: Path, place: int) -> Page:  # noqa: ANN401 - the library's stubs lack its type
    sheet.reset_dimensions()  # what a sheet says of its size is missing or wrong in many exports

    def rows() -> Rows:
        for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if line > LAST_ROW:
                raise stopped(path, "rows", most=LAST_ROW)
            yield [cell_text(value) for value in row]

    return Page(_page_name(sheet.title, place), sheet.sheet_state != "visible", rows)


def _page_name(name: str, place: int) -> str:
    """A sheet's name as it is told: by its place where it may hold a person's number."""
    digits = sum(c.isdigit() for c in name)
    return f"{place}" if digits >= MANY_DIGITS else name.translate(str.maketrans("/\\\0", "___"))


def cell_text(value: object) -> str:
    """A cell as text; whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@contextmanager
def _xls(file: Path, path: Path) -> Iterator[list[Page]]:
    """The sheets of an XLS workbook of Excel 5 to 2003."""
    import xlrd

    with file.open("rb") as raw:
        start = raw.read(len(OLE))
    if start.startswith(ZIP) or _is_text(start):
        kind = "XLSX" if start.startswith(ZIP) else "HTML"
        raise stopped(path, "other_kind", kind=kind)
    try:
        book = xlrd.open_workbook(
            str(file), logfile=io.StringIO(), on_demand=True, ragged_rows=True
        )
    except xlrd.biffh.XLRDError as error:
        locked = "encrypted" in str(error).lower()
        raise stopped(path, "locked" if locked else "other_kind", kind="XLS") from None
    with book:
        yield [_xls_page(book, place) for place in range(book.nsheets)]


def _is_text(start: bytes) -> bool:
    """Whether a file begins like a text: web pages and lists are sent as .xls."""
    return bool(start) and all(byte >= ord(" ") or byte in b"\t\r\n" for byte in start[:4])


def _xls_page(book: Any, place: int) -> Page:  # noqa: ANN401 - the library has no types
    name = book.sheet_names()[place]
    hidden = book.sheet_by_index(place).visibility != 0

    def rows() -> Rows:
        sheet = book.sheet_by_index(place)
        for line in range(sheet.nrows):
            yield [_xls_cell(book, cell) for cell in sheet.row(line)]

    return Page(_page_name(name, place + 1), hidden, rows)


def _xls_cell(book: Any, cell: Any) -> str:  # noqa: ANN401 - the library has no types
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return cell_text(xlrd.xldate_as_datetime(cell.value, book.datemode))
        except (ValueError, OverflowError):  # no day of the calendar
            return cell_text(cell.value)
    return cell_text(cell.value)


def names_of(grids: dict[str, Grid], path: Path) -> dict[str, Grid]:
    """Grids by the file's name, with the sheet's where several have rows.

    >>> from pathlib import Path
    >>> list(names_of({"六月": None, "七月": None}, Path("a.xlsx")))
    ['a.xlsx#六月', 'a.xlsx#七月']
    """
    return {f"{path.name}#{name}" if name else path.name: grid for name, grid in grids.items()}
