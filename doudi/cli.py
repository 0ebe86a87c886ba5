"""The command ``doudi``: one command a stage, one message an error, documented exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from doudi import commands_graph, commands_leads, commands_line
from doudi.console import Console, Lang
from doudi.graph.errors import DoudiError
from doudi.home import Home

app = typer.Typer(
    name="doudi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands_line.register(app)
commands_leads.register(app)
commands_graph.register(app)


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
        code = _say("stopped", 1, as_json=as_json)
    except TyperException as error:
        code = _say(_wrong_use(error), 2, as_json=as_json)
    except DoudiError as error:
        code = _say(str(error), error.exit_code, as_json=as_json)
    except KeyboardInterrupt:
        code = _say("stopped by the keyboard", 1, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback to users
        code = _say(_unexpected(error), 1, as_json=as_json)
    raise SystemExit(code or 0)


def _say(sentence: str, code: int, *, as_json: bool) -> int:
    console = Console(lang=_lang(), as_json=as_json)
    if sentence:
        console.fail(sentence)
    console.receipt({"ok": False, "exit_code": code, "messages": [sentence] if sentence else []})
    return code


def _lang() -> Lang:
    """The language asked for, as far as it can be told before a command has opened its home."""
    asked = _typed_after("--lang") or os.environ.get("DOUDI_LANG", "")
    return "en" if asked == "en" else "zh"


def _typed_after(option: str) -> str:
    """The word after an option on the command line, empty where there is none."""
    words = [word for typed in sys.argv for word in typed.split("=", 1)]
    return words[words.index(option) + 1] if option in words[:-1] else ""


def _wrong_use(error: TyperException) -> str:
    """What was typed wrongly, as typer says it, and where to read on.

    Nothing where a command without words has just printed its help.
    """
    context = getattr(error, "ctx", None)
    said = getattr(error, "format_message", str(error).__str__)().rstrip(".")
    if not said:
        return ""
    command = context.command_path if context else "doudi"
    return f"{said}; next: {command} --help"


def _unexpected(error: Exception) -> str:
    """One sentence; the traceback goes to a file of the home, which may be sent to us."""
    home = _typed_after("--home")
    log = Home.locate(Path(home) if home else None) / "crash.log"
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{_frames(error)}\n")
    except OSError:
        return f"unexpected {type(error).__name__}; please report it"
    return f"unexpected {type(error).__name__}; the places in the code are in {log}"


def _frames(error: Exception) -> str:
    """Where it happened, without the values, which may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"  {f.filename}:{f.lineno} {f.name}" for f in frames) + (
        f"\n  {type(error).__name__}"
    )
