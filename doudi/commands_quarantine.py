"""Commands of the quarantine: quarantine list, export, resubmit."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.graph.errors import UsageError
from doudi.looks import list_subject, note_look
from doudi.options import HomeOption, JsonOption, LangOption, WaitOption, open_line
from doudi.tell_quarantine import say_groups, say_resubmitted

if TYPE_CHECKING:
    from doudi.stages import Line

BatchOption = Annotated[str, typer.Option("--batch", help="批次 batch")]
SourceOption = Annotated[str, typer.Option("--source", help="数据源代号 slug of a source")]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="用途，记入访问日志 what for, kept in the access log")
]
AsOption = Annotated[str, typer.Option("--as", help="经办人账号 account; else the user")]
SHOWN = ("batch", "file", "line", "field", "reason", "effect", "row")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    quarantine = typer.Typer(help="隔离表 refused rows and unknown fields", no_args_is_help=True)
    quarantine.command("list")(list_groups)
    quarantine.command()(export)
    quarantine.command()(resubmit)
    app.add_typer(quarantine, name="quarantine")


def list_groups(
    batch: BatchOption = "",
    source: SourceOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """列出隔离的行与原因 List what was refused or is unknown, by reason, and what was repaired."""
    from doudi.loaders.reasons import reason_words
    from doudi.loaders.refused import groups

    line = open_line(home, lang=lang, as_json=as_json, make=False)
    found = groups(line.home.path, batch, source)
    say_groups(line, found)
    items = [
        asdict(one)
        | {
            "open": one.open,
            "words": dict(zip(("zh", "en"), reason_words(one.reason), strict=True)),
        }
        for one in found
    ]
    line.console.receipt({"stage": "quarantine", "ok": True, "exit_code": 0, "items": items})
    return 0


def export(
    out: Annotated[Path, typer.Argument(help="写到的工作簿 workbook to write, OUT.xlsx")],
    reason: ReasonOption,
    batch: BatchOption = "",
    source: SourceOption = "",
    actor: AsOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """导出待修改的行 Write the lines that wait for a repair, with their raw cells, as a workbook."""
    from doudi.loaders.identity import Keys
    from doudi.loaders.quarantine_book import require_new, write_book
    from doudi.loaders.refused import lines
    from doudi.loaders.source import sources

    line = open_line(home, lang=lang, as_json=as_json, make=False)
    require_new(out)
    found = (
        lines(line.home.path, Keys(line.home.path / "keys"), batch, source) if _any(line) else []
    )
    if not found:
        raise _nothing()
    note_look(
        line,
        purpose=reason,
        subject=list_subject("quarantine", {"batch": batch, "source": source}),
        fields=SHOWN,
        count=len(found),
        who=actor,
    )
    declared = sources(line.home.path / "sources")
    with line.console.stage("写出工作簿", "writing the workbook"):
        sheets = write_book(out, found, declared, line.console.lang)
    headless = sum(one.headers is None for one in found)
    _say_written(line, out, len(found), headless)
    receipt: dict[str, Any] = {"stage": "quarantine-export", "ok": True, "exit_code": 0}
    counts = {"rows": len(found), "sheets": sheets, "without_headers": headless}
    line.console.receipt(receipt | {"outputs": {"book": out}} | counts)
    return 0


def _any(line: Line) -> bool:
    """Whether anything is in quarantine; a home without keys is given none."""
    return any((line.home.path / "quarantine").glob("*/*.parquet"))


def _nothing() -> UsageError:
    return UsageError(
        ("没有待修改的行", "nothing waits for a repair"),
        where=("隔离表", "quarantine"),
        expected=(
            "有行被拒收或有字段未知，且尚未修改",
            "refused rows or unknown fields that were not repaired",
        ),
        next_step=("用 doudi quarantine list 查看", "doudi quarantine list shows what is there"),
    )


def _say_written(line: Line, out: Path, rows: int, headless: int) -> None:
    line.console.show(
        f"{rows} 行写到 {out}；内含个人信息，请妥善保管，用后删除",
        f"{rows} lines are in {out}; it holds personal data: keep it safe, and delete it after use",
    )
    if headless:
        line.console.warn(
            f"其中 {headless} 行由旧版本载入，没有表头，只能查看；重新载入其批次后再导出",
            f"{headless} of them an older release loaded, without headers: they can be looked at only; "
            "load their batch again and export anew",
        )


def resubmit(
    book: Annotated[Path, typer.Argument(help="改好的工作簿 the repaired workbook")],
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """送回改好的行 Load the repaired lines of an exported workbook, with their origin."""
    from doudi.resubmitting import resubmit_book

    line = open_line(home, lang=lang, as_json=as_json, wait=wait)
    receipt = resubmit_book(line, book)
    say_resubmitted(line, receipt)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])
