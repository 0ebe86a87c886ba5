"""What commands say: receipts on stdout, progress and messages on stderr."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console as RichConsole
from rich.table import Table
from rich.text import Text

from doudi.words import as_json, cell, column_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from doudi.graph.errors import Lang

WIDE = 240
"""Columns of a table that goes to a file or another program, where nothing need be broken."""


def _stdout() -> RichConsole:
    console = RichConsole(highlight=False)
    return console if console.is_terminal else RichConsole(highlight=False, width=WIDE)


@dataclass
class Console:
    """One command's voice, in one language."""

    lang: Lang = "zh"
    as_json: bool = False
    _err: RichConsole = field(default_factory=lambda: RichConsole(stderr=True, highlight=False))
    _out: RichConsole = field(default_factory=_stdout)

    def text(self, zh: str, en: str) -> str:
        """The sentence in the language of this command."""
        return zh if self.lang == "zh" else en

    def say(self, zh: str, en: str) -> None:
        """A line for the person at the terminal."""
        self._err.print(self.text(zh, en), markup=False, soft_wrap=True)

    def warn(self, zh: str, en: str) -> None:
        """A line that must not be overlooked."""
        self._err.print(self.text(zh, en), style="yellow", markup=False, soft_wrap=True)

    def fail(self, sentence: str) -> None:
        """What went wrong, as one message."""
        title = self.text("出错：", "error: ")
        self._err.print(f"{title}{sentence}", style="red", markup=False, soft_wrap=True)

    @contextmanager
    def stage(self, zh: str, en: str) -> Iterator[Progress]:
        """Progress of one stage: a spinner on a terminal, plain lines in a log."""
        title = self.text(zh, en)
        if self._err.is_terminal:
            with self._err.status(title) as status:
                yield Progress(lambda step: status.update(f"{title} · {step}"))
            self._err.print(f"✓ {title}", markup=False)
        else:
            self._err.print(f"… {title}", markup=False)
            yield Progress(lambda step: self._err.print(f"    {step}", markup=False))

    def receipt(self, receipt: Mapping[str, Any]) -> None:
        """The receipt as one JSON object, where machines asked for it."""
        if self.as_json:
            json.dump(receipt, sys.stdout, ensure_ascii=False, default=as_json)
            sys.stdout.write("\n")

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table on stdout, for people.

        Args:
            headers: Names of columns; shown in the language of this command.
            rows: Their values, shown as :func:`doudi.words.cell` says.
        """
        if self.as_json:
            return
        zh = self.lang == "zh"
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in headers:
            table.add_column(column_title(name, zh=zh), overflow="fold")  # ids are typed again
        for row in rows:  # what one screen shows, not the data
            table.add_row(*(Text(cell(value, zh=zh)) for value in row))
        self._out.print(table)

    def show(self, zh: str, en: str) -> None:
        """A result line on stdout, for people."""
        if not self.as_json:
            self._out.print(self.text(zh, en), markup=False, soft_wrap=True)


class Progress:
    """Called with what is being done now."""

    def __init__(self, update: Any) -> None:  # noqa: ANN401 - rich's and ours differ
        """Keep what shows a step."""
        self._update = update

    def __call__(self, step: str) -> None:
        """Show the step."""
        self._update(step)
