"""What a load takes and what it tells, for several deliveries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.graph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doudi.stages import Line

EXIT_UNHEALTHY = 3
"""Exit code where too many rows were refused."""


def existing(deliveries: Sequence[Path]) -> list[Path]:
    """Delivery folders in the order of their names.

    Raises:
        UsageError: naming those that are not there.
    """
    missing = ", ".join(str(folder) for folder in deliveries if not folder.is_dir())
    if missing:
        raise UsageError(
            (f"没有这个数据批次文件夹：{missing}", f"no such delivery folder: {missing}"),
            expected=(
                "存放 <数据类型>.csv、.xlsx 或 .parquet 文件的文件夹",
                "a folder of <slug>.csv, .xlsx or .parquet files",
            ),
            next_step=("核对路径", "check the path"),
        )
    return sorted(deliveries, key=lambda folder: folder.name)


def require_same_kind(line: Line, folders: Sequence[Path]) -> None:
    """Refuse an office's deliveries where the demo's synthetic people are.

    Raises:
        UsageError: naming the home.
    """
    county = line.home.county.resolve()
    if county.exists() and any(county not in f.resolve().parents for f in folders):
        raise UsageError(
            ("此主目录存放演示用的合成县", "this home holds the synthetic county of the demo"),
            where=str(line.home.path),
            expected=(
                "存放你单位数据批次的主目录",
                "a home of your own for your deliveries",
            ),
            next_step=(
                "doudi load --home my-office 数据批次文件夹",
                "doudi load --home my-office DELIVERY",
            ),
        )


def loaded(
    line: Line, parts: Sequence[dict[str, Any]], deliveries: Sequence[Path]
) -> dict[str, Any]:
    """One receipt for several deliveries."""
    files = [file for part in parts for file in part["files"]]
    messages = [m for part in parts for m in part["messages"]]
    code = max([part["exit_code"] for part in parts], default=0)
    if not code and (many := _many_refused(line, files)):
        code = EXIT_UNHEALTHY
        messages.append(many)
    return {
        "ok": code == 0,
        "exit_code": code,
        "inputs": [str(folder) for folder in deliveries],
        "outputs": {"tables": str(line.home.tables)},
        "messages": messages,
        "files": files,
    }


def _many_refused(line: Line, files: Sequence[dict[str, Any]]) -> str:
    """What to say where more rows were refused than the settings let pass; else nothing."""
    rows = sum(file["rows_in"] for file in files)
    refused = sum(file["quarantined"] for file in files)
    limit = line.home.settings.limits.quarantined_share
    if not rows or refused / rows <= limit:
        return ""
    where = line.home.path / "quarantine"
    return line.console.text(
        f"{rows:,} 行中有 {refused:,} 行被隔离，超过上限 {limit:.0%}"
        f"（limits.quarantined_share）；行号与原因见 {where}；请来源部门更正后重新报送，"
        "或用 doudi quarantine export 导出修改",
        f"{refused:,} of {rows:,} rows were refused; expected: {limit:.0%} at most "
        f"(limits.quarantined_share); next: lines and reasons are in {where}; "
        "have them mended and sent again, or repair them with doudi quarantine export",
    )
