"""Commands of the line: init, load, detect, rank, run, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doudi.graph.errors import UsageError
from doudi.options import (
    AsKnownOption,
    AsOfOption,
    HomeOption,
    JsonOption,
    LangOption,
    Neo4jOption,
    OutOption,
    SeedOption,
    WaitOption,
    open_line,
    parts,
)
from doudi.tellings import say_detected, say_loaded, say_ranked

if TYPE_CHECKING:
    from doudi.stages import Line

ListOption = Annotated[str | None, typer.Option(help="逗号分隔 divided by commas")]
DeliveriesArgument = Annotated[list[Path], typer.Argument(help="数据批次文件夹 delivery folders")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (init, load, detect, rank, run, demo):
        app.command()(command)


def init(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """建立主目录 Make a home folder."""
    line = open_line(home, lang=lang, as_json=as_json)
    line.console.show(f"主目录：{line.home.path}", f"home: {line.home.path}")
    line.console.receipt({"stage": "init", "ok": True, "exit_code": 0, "home": line.home.path})
    return 0


def load(
    deliveries: DeliveriesArgument,
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """载入数据批次 Load deliveries: folders of one file per data type."""
    line = open_line(home, lang=lang, as_json=as_json, wait=wait)
    receipt = line.load(deliveries)
    say_loaded(line, receipt)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


def detect(
    detector: ListOption = None,
    household: ListOption = None,
    as_of: AsOfOption = None,
    as_known: AsKnownOption = None,
    out: OutOption = None,
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """比对、排除、归并为线索 Detect, clear, and merge into leads."""
    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j, wait=wait)
    day = line.as_known(as_known)
    receipt = line.detect(
        as_of=line.as_of(as_of, day),
        as_known=day,
        detectors=parts(detector),
        households=parts(household),
        out=out,
    )
    say_detected(line, receipt)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


def rank(
    capacity: Annotated[str | None, typer.Option(help="每乡镇户数或文件 number or file")] = None,
    as_of: AsOfOption = None,
    as_known: AsKnownOption = None,
    out: OutOption = None,
    seed: SeedOption = 0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """排出先上门帮扶的家庭 Rank households for outreach. Never suspicion."""
    line = open_line(home, lang=lang, as_json=as_json)
    day = line.as_known(as_known)
    receipt = line.rank(
        as_of=line.as_of(as_of, day),
        as_known=day,
        capacity=_capacity(line, capacity),
        out=out,
        seed=seed,
    )
    say_ranked(line, receipt)
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
        (
            f"“{given}”既不是户数，也不是文件",
            f"{given!r} is neither a number of households nor a file",
        ),
        where="--capacity",
        expected=(
            "大于 0 的整数，或含 township、capacity 两列的 CSV 文件",
            "a whole number above 0, or a CSV file with the columns township, capacity",
        ),
        next_step=("改正数字或文件路径", "mend the number, or the path of the file"),
    )


def run(
    deliveries: DeliveriesArgument,
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """夜间作业 The nightly job: load what is new, detect, rank."""
    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j, wait=wait)
    loaded = line.load(deliveries)
    say_loaded(line, loaded)
    month = line.as_of(None)
    detected = line.detect(as_of=month)
    say_detected(line, detected)
    ranked = line.rank(as_of=month, capacity=line.home.settings.capacity)
    say_ranked(line, ranked)
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
