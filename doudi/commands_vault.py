"""The command that opens the vault: reveal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.options import HomeOption, JsonOption, LangOption, open_line
from doudi.revealing import reveal as look

if TYPE_CHECKING:
    from doudi.loaders.vault import Revealed

COLUMNS = ("pid", "number", "names")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(reveal)


def reveal(
    pids: Annotated[list[str], typer.Argument(help="人员代码 pseudonyms of people")],
    reason: Annotated[str, typer.Option("--reason", help="用途，写入访问日志 what for")] = "",
    actor: Annotated[str | None, typer.Option("--as", help="查看人 who looks")] = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """显示代码背后的身份证号和姓名 Show the number and names behind a pseudonym; logged first."""
    line = open_line(home, lang=lang, as_json=as_json, make=False)
    found = look(line, pids, reason=reason, who=actor or "")
    line.console.table(COLUMNS, [_row(person) for person in found])
    receipt: dict[str, Any] = {"stage": "reveal", "ok": True, "exit_code": 0}
    line.console.receipt(receipt | {"people": [asdict(person) for person in found]})
    return 0


def _row(person: Revealed) -> list[object]:
    return [person.pid, person.number, "、".join(person.names)]
