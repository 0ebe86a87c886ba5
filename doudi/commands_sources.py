"""Commands of the data steward: sources, what a delivery would do, and the health of the feeds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.graph.errors import UnknownName
from doudi.options import AsOfOption, HomeOption, JsonOption, LangOption, open_line
from doudi.tell_sources import say_checked, say_feeds, say_source, say_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doudi.loaders.source import Source
    from doudi.source_book import Uses
    from doudi.stages import Line

SICK = 3
"""Exit code where a feed is sick."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    sources = typer.Typer(help="数据源 the declared data sources", no_args_is_help=True)
    sources.command("list")(list_sources)
    sources.command()(show)
    sources.command()(check)
    app.add_typer(sources, name="sources")
    app.command()(feeds)


def list_sources(
    word: Annotated[str, typer.Argument(help="代号或名称中的词 a word of slug or title")] = "",
    department: Annotated[str, typer.Option(help="部门 department")] = "",
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """列出数据源 List the declared sources and when each came last."""
    from doudi.feed_watch import last_deliveries

    line = open_line(home, lang=lang, as_json=as_json, make=False)
    declared, used = _book(line)
    chosen = _chosen(list(declared.values()), word, department)
    last = last_deliveries(line.home.path)
    say_sources(line, chosen, last)
    rows = [_row(line, source, used[source.slug], last) for source in chosen]
    line.console.receipt({"stage": "sources", "ok": True, "exit_code": 0, "sources": rows})
    return 0


def _row(line: Line, source: Source, used: Uses, last: dict[str, Any]) -> dict[str, Any]:
    from doudi.feed_watch import days_since
    from doudi.source_book import entry

    left_out = {"columns", "ignored", "expect"}
    day = last.get(source.slug)
    told = {name: value for name, value in entry(source, used).items() if name not in left_out}
    return told | {"last": day, "age_days": days_since(line.home.path, day)}


def _book(line: Line) -> tuple[Mapping[str, Source], dict[str, Uses]]:
    from doudi.detectors.catalogue import catalogue
    from doudi.loaders.source import sources
    from doudi.source_book import uses

    declared = sources(line.home.path / "sources")
    return declared, uses(declared, catalogue(line.home.path / "detectors"))


def _chosen(declared: list[Source], word: str, department: str) -> list[Source]:
    """Sources of a department whose slug or title has a word, by department."""
    from doudi.source_book import DEPARTMENTS
    from doudi.source_book import department as name_of

    if department:
        names = {d for s in declared for d in (s.publisher, name_of(s, "en"))}
        if not any(department.lower() in name.lower() for name in names):
            raise UnknownName.among(("部门", "department"), department, names, where="--department")
    order = {name: place for place, name in enumerate(DEPARTMENTS)}
    found = [
        s
        for s in declared
        if department.lower() in f"{s.publisher} {name_of(s, 'en')}".lower()
        and word.lower() in f"{s.slug} {s.title['zh']} {s.title['en']}".lower()
    ]
    return sorted(found, key=lambda s: (order.get(s.publisher, len(order)), s.publisher, s.slug))


def show(
    slug: Annotated[str, typer.Argument(help="数据源代号 slug of the source")],
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """一个数据源的全部声明 All that is declared of one source, and who uses it."""
    from doudi.source_book import entry

    line = open_line(home, lang=lang, as_json=as_json, make=False)
    declared, used = _book(line)
    if slug not in declared:
        raise UnknownName.among(
            ("数据源", "source"),
            slug,
            declared,
            next_step=("用 doudi sources list 查看", "doudi sources list shows them"),
        )
    told = entry(declared[slug], used[slug])
    say_source(line, told)
    line.console.receipt({"stage": "source", "ok": True, "exit_code": 0, "source": told})
    return 0


def check(
    delivery: Annotated[Path, typer.Argument(help="数据批次文件夹 delivery folder")],
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """载入前检查，不写入 Say what loading a delivery would do; nothing is written."""
    line = open_line(home, lang=lang, as_json=as_json, make=False)
    receipt = line.check(delivery)
    say_checked(line, receipt)
    line.console.receipt(receipt)
    return int(receipt["exit_code"])


def feeds(
    as_of: AsOfOption = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """数据源状况 The health of the feeds, and what stands still because of the sick ones."""
    from doudi.detectors.months import next_month
    from doudi.feed_watch import month_of, watch

    line = open_line(home, lang=lang, as_json=as_json, make=False)
    month = line.as_of(as_of) if as_of else month_of(line)
    watched = watch(line.home.path, as_of_end=next_month(month))
    say_feeds(line, watched, month)
    code = SICK if any(one.is_sick for one in watched) else 0
    line.console.receipt(
        {
            "stage": "feeds",
            "ok": code == 0,
            "exit_code": code,
            "as_of": f"{month:%Y-%m}",
            "feeds": [one.as_json() for one in watched],
        }
    )
    return code
