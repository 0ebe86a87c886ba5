"""The stage of repaired lines: loaded under the home's lock, with a receipt of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.stages import Line


def resubmit_book(line: Line, book: Path) -> dict[str, Any]:
    """Load the repaired lines of a book; the receipt goes to ``runs`` and to the ledger.

    Raises:
        DeliveryError: if the book is none of ours, or was changed elsewhere than in raw cells.
        UsageError: if there is no such file.
    """
    from doudi.loaders.repairs import resubmit

    home, console = line.home, line.console
    with (
        line.locked("resubmit"),
        home.running("resubmit") as run,
        console.stage("载入修改过的行", "loading the repaired lines") as progress,
    ):
        told = resubmit(book, home.path, lang=console.lang, progress=progress).to_json()
        about = {"inputs": {"book": book.name}, "outputs": {"tables": str(home.tables)}}
        return line.recorded(run, about | told)
