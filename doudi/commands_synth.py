"""Commands of the synthetic county or province: synth OUT, synth describe COUNTY."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from doudi.graph.errors import UsageError
from doudi.options import HomeOption, JsonOption, LangOption, SeedOption, open_line, parts

USUAL = "make"
"""The command that a folder behind ``doudi synth`` means."""


class Synth(TyperGroup):
    """``doudi synth OUT`` makes a county in OUT; other words are commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - a private class
        """Put the usual command before what is not one."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [USUAL, *args]
        told: list[str] = super().parse_args(ctx, args)
        return told


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(cls=Synth, help="合成县 the synthetic county", no_args_is_help=True)
    group.command(USUAL)(make)
    group.command("describe")(describe)
    app.add_typer(group, name="synth")


def make(
    out: Annotated[Path, typer.Argument(help="写到的文件夹 folder to write")],
    size: Annotated[str, typer.Option(help="S | M | L")] = "S",
    seed: SeedOption = 1,
    counties: Annotated[
        int, typer.Option(help="县数，2 个以上为一个省 counties; from 2 on a province")
    ] = 1,
    dirt: Annotated[
        int, typer.Option(help="0 干净 clean, 1 脏 dirty, 2 最脏 as dirty as real ones get")
    ] = 0,
    boost: Annotated[float, typer.Option(help="植入率的倍数 times the planted rates")] = 1.0,
    rate: Annotated[
        list[str] | None, typer.Option(help="某一类型的植入率 planted rate of a code, E15=0.02")
    ] = None,
    sources: Annotated[
        str | None, typer.Option(help="只报送这些数据类型，逗号分隔 only these sources, by commas")
    ] = None,
    stress: Annotated[
        bool | None,
        typer.Option(
            help="返贫多发，供排序学习 many fall back into poverty; 小县默认 small counties"
        ),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(help="并行进程数 processes; 默认全部核心 every core")
    ] = None,
    force: Annotated[
        bool, typer.Option(help="删除文件夹中原有的合成县或省 remove the county or province there")
    ] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """生成合成县 Make a synthetic county with known truth."""
    line = open_line(home, lang=lang, as_json=as_json)
    receipt = line.synth(
        out,
        size=size,
        seed=seed,
        counties=counties,
        dirt=dirt,
        boost=boost,
        rates=_rates(rate or []),
        sources=parts(sources),
        stress=stress,
        processes=processes,
        force=force,
    )
    line.console.receipt(receipt)
    return 0


def _rates(told: list[str]) -> dict[str, float]:
    """Planted rates as they were typed: ``E15=0.02``."""
    found = {}
    for text in told:
        code, _, share = text.partition("=")
        try:
            found[code.strip().upper()] = float(share)
        except ValueError:
            raise UsageError(
                (f"看不懂的植入率“{text}”", f"a rate that cannot be read: {text!r}"),
                where="--rate",
                expected=("类型=比率，例如 E15=0.02", "CODE=SHARE, such as E15=0.02"),
            ) from None
    return found


def describe(
    county: Annotated[Path, typer.Argument(help="合成县文件夹 a county's folder")],
    out: Annotated[Path | None, typer.Option("--out", help="写到的网页 page to write")] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """对照公布数据写一页 Set a county beside the published figures, as a page."""
    from doudi.describe import describe as write

    line = open_line(home, lang=lang, as_json=as_json)
    with line.console.stage("读取合成县", "reading the county"):
        receipt = write(county, out or county / "describe.html", line.console.lang)
    page, outside = receipt["outputs"]["page"], receipt["outside"]
    many = len(receipt["figures"])
    line.console.show(
        f"{many} 项指标中 {len(outside)} 项在范围之外；见 {page}",
        f"{len(outside)} of {many} figures lie outside their bounds; see {page}",
    )
    line.console.receipt(receipt)
    return 0
