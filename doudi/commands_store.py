"""Commands of the fact tables themselves: compact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.options import HomeOption, JsonOption, LangOption, WaitOption, open_line

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compact")(compact_tables)


def compact_tables(
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """合并事实表的小文件 Merge the many small files of the fact tables; no answer changes."""
    from doudi.graph.compact import compact
    from doudi.graph.tables import FactStore

    line = open_line(home, lang=lang, as_json=as_json, wait=wait)
    with line.locked("compact"), line.console.stage("合并事实表", "compacting the tables"):
        merged, made = compact(FactStore(line.home.tables))
    line.console.say(
        f"{merged} 个文件合并为 {made} 个，任何查询结果不变",
        f"{merged} files became {made}; no answer changes",
    )
    line.console.receipt(
        {"stage": "compact", "ok": True, "exit_code": 0, "merged": merged, "made": made}
    )
    return 0
