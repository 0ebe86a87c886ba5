"""The command link: records of one person that have no number in common."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.graph.errors import UnknownName, UsageError, in_lang
from doudi.options import HomeOption, JsonOption, LangOption, open_console, parts

if TYPE_CHECKING:
    from doudi.console import Console
    from doudi.graph.errors import Pair
    from doudi.linking.link import Linked
    from doudi.linking.settings import LinkSettings

MAP = "name=姓名,birth=出生日期,sex=性别,area=区划,household=户编号"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(link)


def link(
    left: Annotated[Path, typer.Argument(help="记录文件 file of records: .parquet, .csv, .xlsx")],
    right: Annotated[
        Path | None,
        typer.Argument(
            help="另一登记的记录；不给则查重 records of another register; else duplicates"
        ),
    ] = None,
    id_column: Annotated[
        str, typer.Option("--id", help="编号列，不空不重 column of the identifier")
    ] = "id",
    mapping: Annotated[
        str,
        typer.Option("--map", help=f"各列含义 what columns mean: {MAP}; A+B 合并两列 joins two"),
    ] = "",
    compare: Annotated[
        str | None, typer.Option(help="同一人应相同的其他列，逗号分隔 further columns, by commas")
    ] = None,
    one_to_one: Annotated[
        bool, typer.Option(help="两表一对一 at most one partner on the other side")
    ] = False,
    out: Annotated[Path, typer.Option(help="写到的文件夹 folder to write")] = Path("linked"),
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """无共同号码的记录认人 Link records of one person that have no number in common."""
    from doudi.link_files import read_records, write_found
    from doudi.linking.link import link as find

    console, started = open_console(lang, as_json=as_json, home=home), datetime.now(UTC)
    settings = _settings(id_column, mapping, parts(compare), one_to_one=one_to_one, console=console)
    with console.stage("认人", "linking records") as progress:

        def say(step: Pair) -> None:
            progress(in_lang(step, console.lang))

        say(("读取文件", "reading the files"))
        table = read_records(left, settings, "left")
        other = read_records(right, settings, "right") if right else None
        found = find(table, other, settings=settings, progress=say)
        say(("写出结果", "writing what was found"))
        written = write_found(out, {"pairs": found.pairs, "clusters": found.clusters})
    receipt = {
        "stage": "link",
        "started": started,
        "finished": datetime.now(UTC),
        "ok": True,
        "exit_code": 0,
        "inputs": [str(path) for path in (left, right) if path],
        "outputs": written,
        "messages": [],
    } | _counts(found)
    _say(console, receipt)
    console.receipt(receipt)
    return 0


def _settings(
    id_column: str,
    mapping: str,
    compare: list[str] | None,
    *,
    one_to_one: bool,
    console: Console,
) -> LinkSettings:
    from doudi.linking.settings import LinkSettings

    return LinkSettings(
        id=id_column,
        **_mapped(mapping),
        compare=tuple(compare or ()),
        one_to_one=one_to_one,
        lang=console.lang,
    )


def _mapped(mapping: str) -> dict[str, str]:
    """Columns by what they mean, from ``name=…,birth=…``."""
    from doudi.linking.settings import KINDS

    found: dict[str, str] = {}
    for told in parts(mapping) or []:
        kind, is_told, column = (text.strip() for text in told.partition("="))
        if not is_told or not column or kind in found:
            raise UsageError(
                (f"看不懂的对应关系“{told}”", f"a mapping that cannot be read: {told!r}"),
                where="--map",
                expected=(
                    f"含义=列名，每种一次，例如 {MAP}",
                    f"MEANING=COLUMN, each once, as {MAP}",
                ),
                next_step=("改正 --map", "mend --map"),
            )
        if kind not in KINDS:
            raise UnknownName.among(("含义", "meaning"), kind, KINDS, where="--map")
        found[kind] = column
    return found


def _counts(found: Linked) -> dict[str, Any]:
    linked = found.pairs["grade"].to_pylist().count("linked")
    return {
        "rows": found.clusters.num_rows,
        "compared": found.compared,
        "linked": linked,
        "possible": found.pairs.num_rows - linked,
        "clusters": len(found.clusters["cluster"].unique()),
    }


def _say(console: Console, receipt: dict[str, Any]) -> None:
    rows, clusters = receipt["rows"], receipt["clusters"]
    linked, possible = receipt["linked"], receipt["possible"]
    folder = Path(receipt["outputs"]["pairs"]).parent
    console.show(
        f"{rows} 条记录归为 {clusters} 人；认定 {linked} 对，可能 {possible} 对；见 {folder}",
        f"{rows} records are {clusters} people; {linked} pairs linked, {possible} possible; "
        f"see {folder}",
    )
