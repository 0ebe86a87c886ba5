"""What the receipts of the stages say on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.words import MODELS

if TYPE_CHECKING:
    from doudi.stages import Line


def say_loaded(line: Line, receipt: dict[str, Any]) -> None:
    """Rows in, loaded, refused and doubled; files with something to look at, one a line."""
    files = receipt["files"]
    total = {
        k: sum(f[k] for f in files) for k in ("rows_in", "loaded", "quarantined", "duplicates")
    }
    line.console.show(
        f"读入 {total['rows_in']:,} 行 = 载入 {total['loaded']:,} + 隔离 {total['quarantined']:,}"
        f" + 重复 {total['duplicates']:,}（{len(files)} 个文件）",
        f"{total['rows_in']:,} rows = {total['loaded']:,} loaded + {total['quarantined']:,} "
        f"quarantined + {total['duplicates']:,} duplicates ({len(files)} files)",
    )
    rows = [
        [
            f["batch"],
            f["file"],
            f["quarantined"],
            "; ".join(f"{r} {n}" for r, n in f["reasons"].items()),
        ]
        for f in files
        if f["quarantined"] or f["reasons"]
    ]
    if rows:
        headers = (
            ("批次", "文件", "隔离", "原因")
            if line.console.lang == "zh"
            else ("batch", "file", "refused", "reasons")
        )
        line.console.table(headers, rows)
    for message in receipt["messages"]:  # one a feed
        line.console.warn(message, message)


def say_detected(line: Line, receipt: dict[str, Any]) -> None:
    """One line a detector: eligible, hits, cleared."""
    zh = line.console.lang == "zh"
    headers = (
        ("规则", "应查户", "命中", "已排除", "停用原因")
        if zh
        else ("detector", "eligible", "hits", "cleared", "frozen by")
    )
    rows = [
        [d["id"], d["eligible"], d["hits"], d["cleared"], ", ".join(d.get("frozen_by") or [])]
        for d in receipt["detectors"]
    ]
    line.console.table(headers, rows)
    line.console.show(f"线索 {receipt['leads']} 条", f"{receipt['leads']} leads")


def say_ranked(line: Line, receipt: dict[str, Any]) -> None:
    """The chosen model, what it found in the check, where the list is, and what to keep in mind."""
    chosen = receipt["metrics"]["chosen"]
    measured = receipt["metrics"]["check"][chosen]
    zh, en = MODELS.get(chosen, (chosen, chosen))
    found = f"{measured['precision_at_capacity']:.1%}"
    listed, run = receipt["capacity"]["listed"], receipt["run"]
    line.console.show(
        f"模型：{zh}；检验期按能力上门，命中率 {found}；列入上门 {listed} 户；"
        f"排序表：runs/{run}/ranking.parquet",
        f"model: {en}; in the check {found} of visits within capacity found a household that fell "
        f"back; {listed} households to visit; table: runs/{run}/ranking.parquet",
    )
    for message in receipt["messages"]:  # a few
        line.console.say(message, message)
