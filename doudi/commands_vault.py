"""The commands of the vault: reveal and forget."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.days import parse_day
from doudi.graph.errors import UsageError
from doudi.options import HomeOption, JsonOption, LangOption, WaitOption, open_line
from doudi.revealing import require_loaded
from doudi.revealing import reveal as look

if TYPE_CHECKING:
    from doudi.loaders.vault import Revealed
    from doudi.stages import Line

COLUMNS = ("pid", "number", "names")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(reveal)
    app.command()(forget)


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


def forget(
    pid: Annotated[str, typer.Argument(help="人员代码 pseudonym of a person")] = "",
    source: Annotated[str, typer.Option("--source", help="数据源代号 slug of a source")] = "",
    before: Annotated[
        str, typer.Option("--before", help="删除此日之前的行 rows before YYYY-MM-DD")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="依据 on what ground")] = "",
    actor: Annotated[str, typer.Option("--as", help="经办人 who does it")] = "",
    stdin: Annotated[
        bool,
        typer.Option("--stdin", help="从标准输入读身份证号 read the number from standard input"),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只计数 count only")] = False,
    check: Annotated[
        bool, typer.Option("--verify", help="只查残留 only look what is left")
    ] = False,
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """依法删除 Delete a person, or rows past their retention; with a tombstone and a proof."""
    from doudi.forgetting import forget_person, forget_rows, pid_of_stdin, verify

    line = open_line(home, lang=lang, as_json=as_json, make=False, wait=wait)
    require_loaded(line)
    pid, number = pid_of_stdin(line) if stdin else (pid, "")
    _require_one(pid, source, before, check=check)
    if check:
        return _say_left(line, verify(line, pid, number))
    if pid:
        receipt = forget_person(line, pid, reason=reason, by=actor, is_dry=dry_run)
    else:
        day = parse_day(before, where="--before")
        receipt = forget_rows(line, source, day, reason=reason, by=actor, is_dry=dry_run)
    _say_forgotten(line, receipt)
    return 0


def _require_one(pid: str, source: str, before: str, *, check: bool) -> None:
    """Either a person, or a source and a day."""
    if bool(pid) != bool(source or before) and (pid or (source and before and not check)):
        return
    raise UsageError(
        ("未说明要删除什么", "it is not said what is to be deleted"),
        expected=(
            "人员代码（或 --stdin），或 --source 与 --before",
            "a pseudonym (or --stdin), or --source and --before",
        ),
        next_step="doudi forget --help",
    )


def _say_forgotten(line: Line, receipt: dict[str, Any]) -> None:
    counts: dict[str, int] = receipt["counts"]
    line.console.table(("place", "rows"), sorted(counts.items()))
    total = sum(counts.values())
    if receipt.get("dry_run"):
        line.console.show(
            f"将删除或改动 {total} 行；未写入",
            f"{total} rows would go or change; nothing is written",
        )
    else:
        line.console.show(f"已删除或改动 {total} 行", f"{total} rows are gone or changed")
        _say_kept(line, receipt["left"])
    line.console.receipt(receipt)


def _say_left(line: Line, found: dict[str, int]) -> int:
    """What a proof found; 1 where something is left that should not be."""
    from doudi.loaders.forget_proof import is_kept

    wrong = {place: rows for place, rows in found.items() if not is_kept(place)}
    line.console.table(("place", "rows"), sorted(found.items()))
    if wrong:
        line.console.show("以上位置仍有此人", "the person is still found there")
    else:
        line.console.show(
            "表、保险库、隔离表和图中没有此人",
            "nothing of the person is in tables, vault, quarantine or graph",
        )
    _say_kept(line, {place: rows for place, rows in found.items() if is_kept(place)})
    code = int(bool(wrong))
    receipt = {"stage": "forget-verify", "ok": not code, "exit_code": code, "found": found}
    line.console.receipt(receipt)
    return code


def _say_kept(line: Line, kept: dict[str, int]) -> None:
    if kept:
        line.console.show(
            "历次运行和台账依法保留，其中的代码已无法还原为身份证号",
            "runs and the ledger are kept by law; no number stands behind the pseudonym there any more",
        )
