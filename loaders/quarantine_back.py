"""What a workbook of lines in quarantine says when it comes back from the people who repaired it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from doudi.graph.cells import meant, shown
from doudi.graph.errors import DeliveryError, FeedStopped, UsageError, filled
from doudi.loaders.quarantine_book import INFO
from doudi.loaders.workbooks import xlsx_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.graph.errors import Pair, Said
    from doudi.loaders.refused import Line
    from doudi.loaders.workbooks import Page


@dataclass(frozen=True)
class Sent:
    """A line of a book.

    Attributes:
        sheet: Name of its sheet, as it may be told.
        row: Its row there.
        info: What stands in the columns of ``INFO``.
        headers: What stands above its cells.
        cells: What stands in its cells; empty ones at the end may be missing.
    """

    sheet: str
    row: int
    info: tuple[str, ...]
    headers: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def where(self) -> Pair:
        """The place as messages name it."""
        return f"工作表“{self.sheet}”第 {self.row} 行", f"sheet {self.sheet!r}, row {self.row}"


def read_book(path: Path) -> list[Sent]:
    """The lines of a book that people had in their hands.

    Raises:
        UsageError: if there is no such file.
        DeliveryError: if it is no workbook, or has a sheet that is none of ours.
    """
    if not path.is_file():
        raise UsageError(
            ("没有这个文件", "no such file"),
            where=path.name,
            expected=(
                "doudi quarantine export 写出的文件",
                "a file that doudi quarantine export wrote",
            ),
            next_step=("核对路径", "check the path"),
        )
    try:
        with xlsx_pages(path, path) as pages:
            return [sent for page in pages for sent in _sent(page, path)]
    except (DeliveryError, MemoryError):
        raise
    except FeedStopped as error:
        raise not_ours(path, error.both.found) from None
    except Exception as error:  # noqa: BLE001 - the library raises anything over a damaged workbook
        kind = type(error).__name__
        raise not_ours(
            path,
            filled("不是工作簿，或已损坏（{kind}）", "no workbook, or damaged ({kind})", kind=kind),
        ) from None


def not_ours(path: Path, found: Said) -> DeliveryError:
    """The error that a book cannot be used; nothing of it is loaded then."""
    return DeliveryError(
        found,
        where=path.name,
        expected=(
            "doudi quarantine export 写出的工作簿，只改动原始单元格",
            "a workbook that doudi quarantine export wrote, with nothing but raw cells changed",
        ),
        next_step=(
            "重新导出并在新文件中修改；未载入任何数据",
            "export again and repair the new file; nothing was loaded",
        ),
    )


def _sent(page: Page, path: Path) -> Iterator[Sent]:
    """The lines of a sheet; empty rows are none, and neither is an empty sheet."""
    rows = page.rows()
    head = next(iter(rows), [])
    if not any(head) and not any(any(row) for row in rows):
        return
    if tuple(head[: len(INFO)]) != INFO:
        raise not_ours(
            path, filled("不认识的工作表“{name}”", "unknown sheet {name!r}", name=page.name)
        )
    for number, row in enumerate(rows, start=2):  # a sheet is read row by row
        if any(row):
            info = [*row[: len(INFO)], *[""] * (len(INFO) - len(row))]
            cells = row[len(INFO) :]
            yield Sent(page.name, number, tuple(info), tuple(head[len(INFO) :]), tuple(cells))


def repaired(line: Line, sent: Sent) -> tuple[str, ...] | None:
    """The cells of a line as they were repaired; None where it was left as it was, or emptied.

    A cell that shows what it showed before is what it was, however a text comes back.
    """
    pairs = list(zip_longest(line.cells, sent.cells, fillvalue=""))
    if all(_same(*pair) for pair in pairs) or not any(new.strip() for _, new in pairs):
        return None
    return tuple(old if _same(old, new) else meant(new) for old, new in pairs)


def _same(old: str, new: str) -> bool:
    """Whether a cell still shows a text; a spreadsheet may take the quote for its own."""
    return shown(old) == new or meant(new) == old
