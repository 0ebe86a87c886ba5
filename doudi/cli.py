"""The command ``doudi``: one command a stage, one message an error, documented exit codes."""

from __future__ import annotations

import os
import re
import sys
import tomllib
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from doudi import (
    commands_graph,
    commands_identity,
    commands_leads,
    commands_line,
    commands_link,
    commands_quarantine,
    commands_sources,
    commands_store,
    commands_synth,
    commands_vault,
)
from doudi.console import Console
from doudi.graph.errors import DoudiError, Lang, Pair, Said, in_lang
from doudi.home import Home

app = typer.Typer(
    name="doudi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands_line.register(app)
commands_synth.register(app)
commands_link.register(app)
commands_sources.register(app)
commands_quarantine.register(app)
commands_leads.register(app)
commands_graph.register(app)
commands_identity.register(app)
commands_store.register(app)
commands_vault.register(app)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        from importlib.metadata import version

        typer.echo(f"doudi {version('doudi')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[  # noqa: FBT002 - its callback answers; a flag is a boolean
        bool,
        typer.Option("--version", help="版本 version", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """兜底：社会救助家庭关系图谱分析 · household relationship analysis for social assistance."""


def main() -> None:
    """Run a command and end with its exit code: 0 done, 1 failed, 2 wrong use, 3 unhealthy."""
    as_json = "--json" in sys.argv
    try:
        code = app(prog_name="doudi", standalone_mode=False)
    except typer.Abort:
        code = _say(("已停止", "stopped"), 1, as_json=as_json)
    except TyperException as error:
        code = _say(_wrong_use(error), 2, as_json=as_json)
    except DoudiError as error:
        code = _say(error.told(_lang()), error.exit_code, as_json=as_json)
    except KeyboardInterrupt:
        code = _say(("已从键盘中断", "stopped by the keyboard"), 1, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback to users
        code = _say(_unexpected(error), 1, as_json=as_json)
    raise SystemExit(code or 0)


def _say(said: Said, code: int, *, as_json: bool) -> int:
    console = Console(lang=_lang(), as_json=as_json)
    sentence = in_lang(said, console.lang)
    if sentence:
        console.fail(sentence)
    console.receipt({"ok": False, "exit_code": code, "messages": [sentence] if sentence else []})
    return code


def _lang() -> Lang:
    """The language asked for: typed, else of the environment, else of the home's settings."""
    wishes = (_typed_after("--lang"), os.environ.get("DOUDI_LANG"), _lang_of_home())
    return "en" if next((w for w in wishes if w in ("zh", "en")), "zh") == "en" else "zh"


def _lang_of_home() -> object:
    """What the settings of the home say, as far as they can be read."""
    with suppress(OSError, ValueError):
        return tomllib.loads((_home() / "doudi.toml").read_text("utf-8")).get("lang")
    return None


def _home() -> Path:
    """The home the command was to work in, whether or not it is there."""
    typed = _typed_after("--home")
    return Home.locate(Path(typed) if typed else None)


def _typed_after(option: str) -> str:
    """The word after an option on the command line, empty where there is none."""
    words = [word for typed in sys.argv for word in typed.split("=", 1)]
    return words[words.index(option) + 1] if option in words[:-1] else ""


def _wrong_use(error: TyperException) -> Said:
    """What was typed wrongly, as typer says it, and where to read on.

    Nothing where a command without words has just printed its help.
    """
    context = getattr(error, "ctx", None)
    said = getattr(error, "format_message", str(error).__str__)().rstrip(".")
    if not said:
        return ""
    command = context.command_path if context else "doudi"
    return f"{_in_chinese(said)}；下一步：{command} --help", f"{said}; next: {command} --help"


_TYPED_WRONGLY = {
    r"No such option: (\S+) \(Possible options: (.*)\)": "没有选项 {0}（相近：{1}）",
    r"No such option: (\S+)": "没有选项 {0}",
    r"No such command '(.*?)'\. Did you mean (.*)\?": "没有命令“{0}”（相近：{1}）",
    r"No such command '(.*?)'": "没有命令“{0}”",
    r"Missing \w+ '(.*?)'": "缺少 {0}",
    r"Got unexpected extra argument\S* \((.*)\)": "多余的内容：{0}",
    r"Option '(.*?)' requires": "选项 {0} 后面缺少内容",
    r"Option '(.*?)' does not take a value": "选项 {0} 后面不应有内容",
    r"Invalid value for '(.*?)': .* greater than or equal to (\S+)": "{0} 应不小于 {1}",
    r"Invalid value for '(.*?)': .* valid integer": "{0} 应为整数",
    r"Invalid value for '(.*?)': (.*)": "{0} 的内容不对：{1}",
}
"""What typer says of wrong use, in Chinese; another sentence stays as it is."""


def _in_chinese(said: str) -> str:
    for pattern, zh in _TYPED_WRONGLY.items():
        if found := re.match(pattern, said):
            return zh.format(*found.groups())
    return said


def _unexpected(error: Exception) -> Pair:
    """One sentence; the traceback goes to a file of the home, which may be sent to us."""
    log, kind = _home() / "crash.log", type(error).__name__
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{_frames(error)}\n")
    except OSError:
        return f"意外错误 {kind}；请反馈此问题", f"unexpected {kind}; please report it"
    return (
        f"意外错误 {kind}；代码位置记在 {log}",
        f"unexpected {kind}; the places in the code are in {log}",
    )


def _frames(error: Exception) -> str:
    """Where it happened, without the values, which may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"  {f.filename}:{f.lineno} {f.name}" for f in frames) + (
        f"\n  {type(error).__name__}"
    )
