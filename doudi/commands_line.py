"""Commands of the line: init, synth, load, detect, rank, run, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.graph.errors import UnknownName, UsageError
from doudi.options import (
    AsOfOption,
    HomeOption,
    JsonOption,
    LangOption,
    Neo4jOption,
    OutOption,
    open_line,
)

if TYPE_CHECKING:
    from doudi.stages import Line

ListOption = Annotated[str | None, typer.Option(help="逗号分隔 divided by commas")]
SeedOption = Annotated[int, typer.Option(help="随机种子 seed")]
DeliveriesArgument = Annotated[list[Path], typer.Argument(help="数据批次文件夹 delivery folders")]
SIZES = ("S", "M", "L")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (init, synth, load, detect, rank, run, demo):
        app.command()(command)


def init(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """建立主目录 Make a home folder."""
    line = open_line(home, lang=lang, as_json=as_json)
    line.console.show(f"主目录：{line.home.path}", f"home: {line.home.path}")
    line.console.receipt({"stage": "init", "ok": True, "exit_code": 0, "home": line.home.path})
    return 0


def synth(
    out: Annotated[Path, typer.Argument(help="写到的文件夹 folder to write")],
    size: Annotated[str, typer.Option(help="S | M | L")] = "S",
    seed: SeedOption = 1,
    dirt: Annotated[int, typer.Option(help="0 干净 clean, 1 脏数据 dirty")] = 0,
    lang: LangOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """生成合成县 Make a synthetic county with known truth."""
    line = open_line(home, lang=lang, as_json=as_json)
    receipt = make(line, out, size=size, seed=seed, dirt=dirt)
    line.console.receipt(receipt)
    return 0


def make(line: Line, out: Path, *, size: str, seed: int, dirt: int) -> dict[str, Any]:
    """Write a county and say where it is."""
    from dataclasses import asdict

    from doudi.synth.county import make_county

    if size not in SIZES:
        raise UnknownName.among("size", size, SIZES, where="--size")
    with line.console.stage("生成合成县", "making a synthetic county") as progress:
        receipt = make_county(out, size=size, seed=seed, dirt=dirt, progress=progress)  # type: ignore[arg-type]  # checked above
    return {"stage": "synth", "ok": True, "exit_code": 0, "outputs": {"county": out}} | {
        "counts": asdict(receipt)
    }


def load(
    deliveries: DeliveriesArgument,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """载入数据批次 Load deliveries: folders of one file per data type."""
    line = open_line(home, lang=lang, as_json=as_json)
    receipt = line.load(deliveries)
    say_loaded(line, receipt)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


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


def detect(
    detector: ListOption = None,
    household: ListOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """比对、排除、归并为线索 Detect, clear, and merge into leads."""
    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j)
    receipt = line.detect(
        as_of=line.as_of(as_of),
        detectors=_parts(detector),
        households=_parts(household),
        out=out,
    )
    say_detected(line, receipt)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


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


def rank(
    capacity: Annotated[str | None, typer.Option(help="每乡镇户数或文件 number or file")] = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    seed: SeedOption = 0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """排出先上门帮扶的家庭 Rank households for outreach. Never suspicion."""
    line = open_line(home, lang=lang, as_json=as_json)
    receipt = line.rank(
        as_of=line.as_of(as_of), capacity=_capacity(line, capacity), out=out, seed=seed
    )
    line.console.show(
        f"模型：{receipt['model']}；排序表：runs/{receipt['run']}/ranking.parquet",
        f"model: {receipt['model']}; table: runs/{receipt['run']}/ranking.parquet",
    )
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


def _capacity(line: Line, given: str | None) -> int | Path:
    if given is None:
        return line.home.settings.capacity
    if given.isdigit() and int(given) > 0:
        return int(given)
    if Path(given).is_file():
        return Path(given)
    raise UsageError(
        f"--capacity {given!r} is neither a number of households nor a file",
        expected="a whole number above 0, or a CSV with township,capacity",
    )


def run(
    deliveries: DeliveriesArgument,
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """夜间作业 The nightly job: load what is new, detect, rank."""
    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j)
    loaded = line.load(deliveries)
    say_loaded(line, loaded)
    month = line.as_of(None)
    detected = line.detect(as_of=month)
    say_detected(line, detected)
    ranked = line.rank(as_of=month, capacity=line.home.settings.capacity)
    stages = [loaded, detected, ranked]
    code = max(int(stage["exit_code"]) for stage in stages)
    line.console.receipt({"stage": "run", "ok": code == 0, "exit_code": code, "stages": stages})
    return code


def demo(
    seed: SeedOption = 1,
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """从合成县到报告，一条命令 From a synthetic county to a report, in one command."""
    from doudi.demo import demo as run_demo

    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j)
    receipt = run_demo(line, seed=seed)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


def _parts(text: str | None) -> list[str] | None:
    return [part.strip() for part in text.split(",") if part.strip()] if text else None
