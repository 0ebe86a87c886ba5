"""The options that every command shares, and what they open."""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from doudi.console import Console
from doudi.graph.errors import Lang, UnknownName
from doudi.home import Home
from doudi.stages import Line

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="主目录 home folder (else $DOUDI_HOME, ./doudi-home)")
]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出 JSON 回执 print the receipt only")]
LangOption = Annotated[str | None, typer.Option("--lang", help="zh | en")]
Neo4jOption = Annotated[
    str | None, typer.Option("--neo4j", help="你自己的 Neo4j 地址 URI of a server of your own")
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="截至月份 month YYYY-MM")]
AsKnownOption = Annotated[
    str | None,
    typer.Option("--as-known", help="截至某日已知的数据 as known at a day, YYYY-MM-DD"),
]
SeedOption = Annotated[int, typer.Option(min=0, help="随机种子 seed")]
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait", min=0, help="等待其他命令结束的秒数 seconds to wait for another command"
    ),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="同时写到 write the files there too")]


def open_line(
    home: Path | None,
    *,
    lang: str | None,
    as_json: bool,
    neo4j: str | None = None,
    make: bool = True,
    wait: float = 0.0,
) -> Line:
    """The home, made where it is missing (and said so), with this command's voice.

    A command that only looks makes none (``make``).
    """
    opened, made = Home.open(home) if make else (Home(Home.locate(home)), False)
    if neo4j:
        opened.settings.neo4j.uri = neo4j
    console = Console(lang=_lang(lang or opened.settings.lang), as_json=as_json)
    if made:
        console.say(f"新建主目录 {opened.path}", f"made the home folder {opened.path}")
    return Line(opened, console, wait)


def open_console(lang: str | None, *, as_json: bool, home: Path | None = None) -> Console:
    """The voice of a command that needs no home and makes none.

    Its language is the one typed, else that of the environment, else that of the home's settings.
    """
    wish = lang or os.environ.get("DOUDI_LANG") or _lang_of(Home.locate(home))
    return Console(lang=_lang(wish), as_json=as_json)


def _lang_of(home: Path) -> str:
    """The language of a home's settings, Chinese where there are none."""
    with suppress(OSError, ValueError):
        return str(tomllib.loads((home / "doudi.toml").read_text("utf-8")).get("lang", "zh"))
    return "zh"


def _lang(given: str) -> Lang:
    if given == "zh":
        return "zh"
    if given == "en":
        return "en"
    raise UnknownName.among(
        ("语言", "language"),
        given,
        ("zh", "en"),
        where="--lang",
        next_step=("写 --lang zh 或 --lang en", "type --lang zh or --lang en"),
    )


def parts(text: str | None) -> list[str] | None:
    """The parts of a list that was typed with commas; None where nothing was."""
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]
