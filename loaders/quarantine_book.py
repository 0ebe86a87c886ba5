"""Lines in quarantine as a workbook in which people repair them.

A sheet holds the lines of one batch and source: what is known of each line first, which is not to
be changed, then its cells under the file's own headers, as text. ``graph/cells.py`` says how texts
are kept from being formulas.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import contextmanager
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from doudi.graph.cells import shown
from doudi.graph.errors import HomeError, UsageError, in_lang
from doudi.loaders.headers import survey
from doudi.loaders.reasons import EFFECTS, reason_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from doudi.graph.errors import Lang
    from doudi.loaders.refused import Line
    from doudi.loaders.source import Source

INFO = (
    "标记 mark",
    "批次 batch",
    "文件 file",
    "行 line",
    "字段 field",
    "原因 reason",
    "结果 effect",
)
"""Headers of what is known of a line; one text, so that a book is read whatever its language."""

WIDTHS = (12, 10, 28, 8, 20, 32, 20)
LONGEST_NAME = 31
MOST_ROWS = 1_000_000
"""Lines of a sheet; a workbook holds 1,048,576."""

NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


def write_book(out: Path, lines: Iterable[Line], declared: Mapping[str, Source], lang: Lang) -> int:
    """Write lines as a workbook that only its owner may read.

    Args:
        out: The file; it must not be there.
        lines: The lines.
        declared: The sources, which say in what column a field stands.
        lang: Language of reasons and effects.

    Returns:
        The number of sheets.

    Raises:
        HomeError: if it cannot be written.
    """
    from openpyxl import Workbook

    book, names = Workbook(write_only=True), set[str]()
    with _placed(out) as draft, _scratch(out.parent):
        for key, some in groupby(sorted(lines, key=_sheet_key), key=_sheet_key):
            while piece := list(islice(some, MOST_ROWS)):
                sheet = book.create_sheet(sheet_name(f"{key[0]} {key[1]}", names))
                _fill(sheet, piece, declared.get(key[1]), lang)
        book.save(draft)
    return len(names)


def _sheet_key(line: Line) -> tuple[str, str, tuple[str, ...]]:
    return line.batch, line.source, line.headers or ()


def sheet_name(wish: str, taken: set[str]) -> str:
    """A name that workbooks allow and no other sheet has; it is added to the taken ones.

    >>> taken = set()
    >>> sheet_name("2026-05 a_very_long_slug_of_a_source", taken)
    '2026-05 a_very_long_slug_of_a_s'
    >>> sheet_name("2026-05 a_very_long_slug_of_a_source", taken)
    '2026-05 a_very_long_slug_of (2)'
    """
    plain, number = NOT_IN_A_NAME.sub("_", wish), 1
    name = plain[:LONGEST_NAME]
    while name.lower() in taken:
        number += 1
        end = f" ({number})"
        name = plain[: LONGEST_NAME - len(end)] + end
    taken.add(name.lower())
    return name


def _fill(sheet: Any, lines: Sequence[Line], source: Source | None, lang: Lang) -> None:  # noqa: ANN401 - the library's stubs lack its type
    headers = lines[0].headers
    width = len(headers or ())
    most = max([width, *(len(line.cells) for line in lines)])
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    for place, size in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[_letter(place)].width = size
    above = [*map(shown, headers or ()), *(f"多出 extra {n + 1}" for n in range(most - width))]
    if headers is None:  # tables of older releases do not say them
        above = [f"列 column {n + 1}" for n in range(most)]
    pen = Pen(sheet)
    sheet.append(pen.cell(text, "head") for text in (*INFO, *above))
    places = _places(headers, source)
    for line in lines:  # a sheet is written row by row
        wrong = _wrong(line, places)
        cells = [*line.cells, *[""] * (most - len(line.cells))]
        looks = ["wrong" if place in wrong else "raw" for place in range(most)]
        told = [(value, "info") for value in _told(line, lang)]
        raw = [(shown(cell), look) for cell, look in zip(cells, looks, strict=True)]
        sheet.append(pen.cell(value, look) for value, look in (*told, *raw))


def _told(line: Line, lang: Lang) -> list[str | int]:
    """What is known of a line, as INFO has it."""
    reasons = [in_lang(reason_words(p.reason), lang) for p in line.problems]
    effects = dict.fromkeys(in_lang(EFFECTS.get(p.effect, p.effect), lang) for p in line.problems)
    fields = [p.field for p in line.problems]
    between = "；" if lang == "zh" else "; "
    several = [between.join(some) for some in (fields, reasons, effects)]
    return [line.mark, shown(line.batch), shown(line.file), line.line, *map(shown, several)]


def _wrong(line: Line, places: Mapping[str, int]) -> set[int]:
    """Places of the cells at fault; those that are too many or too few, too."""
    found = {places[p.field] for p in line.problems if p.field in places}
    if line.headers is None:
        return found
    return found | set(range(*sorted((len(line.headers), len(line.cells)))))


FILLS = {"head": "FFD9D9D9", "info": "FFF2F2F2", "wrong": "FFFFC7CE"}


class Pen:
    """Cells of a sheet in one of a few looks; each look has one cell, which is written at once."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - the library's stubs lack its type
        """Nothing is written yet."""
        self._sheet = sheet
        self._made: dict[tuple[str, bool], Any] = {}

    def cell(self, value: str | int, look: str) -> Any:  # noqa: ANN401 - the library's stubs lack its type
        """The cell of a look with a value; a text is a text whatever it begins with."""
        key = (look, isinstance(value, str))
        cell = self._made.get(key)
        if cell is None:
            cell = self._made[key] = self._styled(look, is_text=key[1])
        cell.value = value
        if key[1]:
            cell.data_type = "s"
        return cell

    def _styled(self, look: str, *, is_text: bool) -> Any:  # noqa: ANN401 - the library's stubs lack its type
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font, PatternFill, Protection

        cell = WriteOnlyCell(self._sheet)
        if is_text:
            cell.number_format = "@"
        if look == "head":
            cell.font = Font(bold=True)
        if look in FILLS:
            cell.fill = PatternFill("solid", fgColor=FILLS[look])
        if look in ("raw", "wrong"):
            cell.protection = Protection(locked=False)
        return cell


def _places(headers: Sequence[str] | None, source: Source | None) -> dict[str, int]:
    """Where the column of each field stands."""
    if headers is None or source is None:
        return {}
    found = {m.column.name: m.place for m in survey(headers, source).matched}
    inside = {
        c.name: found[c.embedded_in] for c in source.columns.values() if c.embedded_in in found
    }
    return inside | found


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


@contextmanager
def _placed(out: Path) -> Iterator[Path]:
    """A draft of a file, 0600 from its first byte on, put into its place at the end."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield draft
        draft.replace(out)
    except OSError as error:
        raise HomeError.unwritten(error, out.name) from None
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Let the library keep its sheets meanwhile beside the book, and nowhere else."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=f".{secrets.token_hex(4)}.", dir=folder) as aside:
        tempfile.tempdir = aside
        try:
            yield
        finally:
            tempfile.tempdir = before


def require_new(out: Path) -> None:
    """Refuse a file that is there, or is named as none of Excel.

    Raises:
        UsageError: saying which.
    """
    if out.suffix.lower() != ".xlsx":
        raise UsageError(
            ("导出文件须为 .xlsx", "the file to write is no .xlsx"),
            where=out.name,
            expected=("以 .xlsx 结尾的文件名", "a name that ends in .xlsx"),
            next_step=("改写文件名", "give another name"),
        )
    if out.exists():
        raise UsageError(
            (
                "文件已经存在，可能有尚未送回的修改",
                "the file is there already, perhaps with repairs not sent",
            ),
            where=out.name,
            expected=("一个新文件名", "a new name"),
            next_step=("改写文件名，或移走该文件", "give another name, or move the file away"),
        )
