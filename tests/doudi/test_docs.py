"""The page about commands names every command and every setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from doudi.cli import app
from doudi.settings import DEFAULT_FILE, Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"
OF_BENCHMARKS = {ROOT / "docs" / name for name in ("benchmarks.md", "performance.md")}
"""Pages that name the options of another command."""

PAGES = sorted({ROOT / "README.md", *ROOT.glob("docs/**/*.md")} - OF_BENCHMARKS)

pytestmark = pytest.mark.checkout


def commands() -> list[tuple[str, ...]]:
    """Every command as its words after ``doudi``."""
    whole = typer.main.get_command(app)
    found: list[tuple[str, ...]] = []
    for name, command in whole.commands.items():  # type: ignore[attr-defined] # a group
        inner = getattr(command, "commands", None)
        found += [(name, one) for one in inner] if inner else [(name,)]
    return found


def options() -> set[str]:
    """Every long option of any command."""
    waiting, found = [typer.main.get_command(app)], {"--help"}
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        words = (parameter.opts + parameter.secondary_opts for parameter in command.params)
        found |= {word for both in words for word in both}
    return found


def settings() -> list[str]:
    """Every setting, with its section."""
    found = []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += [f"{name}.{one}" for one in kind.model_fields]
        else:
            found.append(name)
    return found


def test_every_command_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert len(commands()) > 15
    for group, *rest in commands():
        row = next((line for line in page.splitlines() if f"`doudi {group} " in line), None)
        row = row or next(line for line in page.splitlines() if f"`doudi {group}`" in line)
        for name in rest:
            assert re.search(rf"(`doudi {group} {name}[ `])|(`doudi {group} .*`{name}`)", page)


def test_every_setting_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    for name in settings():
        assert f"`{name}`" in page, name


def test_every_setting_of_the_first_file_is_one() -> None:
    names = {name.rpartition(".")[2] for name in settings()}
    assert set(re.findall(r"^(?:# )?(\w+) = ", DEFAULT_FILE, flags=re.MULTILINE)) <= names


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_option_a_page_names_is_one(path: Path) -> None:
    spans = re.findall(r"`[^`\n]+`", path.read_text("utf-8"))
    named = {word for span in spans for word in re.findall(r"--[a-z][a-z0-9-]*", span)}
    assert named <= options()


def test_make_clean_leaves_the_home_of_an_office() -> None:
    _, _, recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nclean:")
    assert "rm -rf" in recipe
    assert "doudi-home" not in recipe
