"""What is typed wrongly ends with the documented code, one message, and no traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from doudi.days import parse_month
from doudi.graph.errors import HomeError, UsageError
from doudi.home import Home
from doudi.stages import Line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk


def doudi(
    *words: str, home: Path | None = None, lang: str = "en", **env: str
) -> subprocess.CompletedProcess[str]:
    where = ["--home", str(home)] if home else []
    asked = {"DOUDI_LANG": lang} if lang else {}
    return subprocess.run(
        [sys.executable, "-m", "doudi", *words, *where],
        env={**os.environ, **asked, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def says(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    flat = "".join(done.stderr.split())
    for word in words:
        assert "".join(word.split()) in flat


def breaks(*_: object, **__: object) -> None:
    raise KeyError("no such key")


def test_an_unknown_language_names_those_there_are(tmp_path: Path) -> None:
    says(doudi("init", "--lang", "fr", home=tmp_path / "h"), 2, "unknown language 'fr'", "en, zh")


def test_an_unknown_command_is_wrong_use() -> None:
    says(doudi("detct"), 2)


def test_a_missing_delivery_folder_is_wrong_use(tmp_path: Path) -> None:
    done = doudi("load", str(tmp_path / "nowhere"), home=tmp_path / "h")
    says(done, 2, "no such delivery folder", "expected: a folder of")


def test_detecting_in_an_empty_home_says_what_to_do_first(tmp_path: Path) -> None:
    says(doudi("detect", home=tmp_path / "h"), 1, "no payments are loaded", "next: doudi load")


def test_json_prints_one_object_and_nothing_else(tmp_path: Path) -> None:
    done = doudi("detect", "--json", home=tmp_path / "h")
    receipt = json.loads(done.stdout)
    assert receipt["exit_code"] == done.returncode == 1
    assert receipt["ok"] is False


def test_a_home_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    says(doudi("init", home=tmp_path / "file" / "home"), 1, "cannot be written", "next:")


def test_a_broken_settings_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "doudi.toml").write_text('lang = "xx"\n')
    says(doudi("init", home=tmp_path, lang=""), 2, "doudi.toml", "lang", "'zh'")


def test_the_environment_wins_over_the_settings_file(tmp_path: Path) -> None:
    done = doudi("init", "--json", home=tmp_path, DOUDI_CAPACITY="0")
    says(done, 2, "capacity")


def test_a_uri_that_does_not_answer_is_one_message(tmp_path: Path) -> None:
    home, _ = Home.open(tmp_path)
    done = doudi("cypher", "RETURN 1 AS one", "--neo4j", "bolt://127.0.0.1:9", home=home.path)
    says(done, 1, "127.0.0.1:9")


def test_a_second_writer_is_told_who_is_first(tmp_path: Path) -> None:
    home, _ = Home.open(tmp_path)
    with (
        home.locked("load"),
        pytest.raises(HomeError, match=r"another command \(load"),
        home.locked("detect"),
    ):
        pass


@pytest.mark.parametrize("text", ["2026", "2026-13", "June", "2026-06-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--as-of: .* is no month; expected: .*; next: "):
        parse_month(text)


@pytest.mark.parametrize("word", ["-h", "--help"])
@pytest.mark.parametrize("command", ["", "leads", "leads decide", "neo4j up"])
def test_help_is_printed_and_done(clerk: Clerk, command: str, word: str) -> None:
    said = clerk.types(*command.split(), word)
    assert (said.code, said.err) == (0, "")
    assert f"Usage: doudi {command}".rstrip() in said.out
    assert not list(clerk.folder.iterdir())


def test_the_version_is_one_line(clerk: Clerk) -> None:
    said = clerk.types("--version")
    assert (said.code, said.out) == (0, f"doudi {version('doudi')}\n")


@pytest.mark.parametrize("command", ["", "leads"])
def test_no_command_is_the_help_and_no_error_line(clerk: Clerk, command: str) -> None:
    said = clerk.types(*command.split())
    assert (said.code, said.err) == (2, "")
    assert "Usage: doudi" in said.out


def test_a_word_that_is_none_names_the_help_of_its_command(clerk: Clerk) -> None:
    said = clerk.types("leads", "show", "--nix")
    assert said.code == 2
    assert said.err == "error: No such option: --nix; next: doudi leads show --help\n"


@pytest.mark.parametrize(
    ("words", "env", "title"),
    [("--lang en", "", "error: "), ("--lang=en", "zh", "error: "), ("--lang zh", "en", "出错：")],
)
def test_an_error_speaks_the_language_asked_for(
    clerk: Clerk, words: str, env: str, title: str
) -> None:
    clerk.patch.setenv("DOUDI_LANG", env)
    if not env:
        clerk.patch.delenv("DOUDI_LANG")
    assert clerk.types("leads", "show", *words.split()).err.startswith(title)


@pytest.mark.parametrize("form", ["--home {}", "--home={}"])
def test_an_unexpected_error_is_kept_in_the_home_that_was_named(clerk: Clerk, form: str) -> None:
    clerk.patch.chdir(clerk.folder)
    clerk.patch.delenv("DOUDI_HOME")
    clerk.patch.setattr(Line, "synth", breaks)
    office = clerk.folder / "office"
    said = clerk.types("synth", "county", *form.format(office).split())
    assert said.code == 1
    assert said.has(f"unexpected KeyError; the places in the code are in {office / 'crash.log'}")
    log = (office / "crash.log").read_text("utf-8")
    assert "commands_synth.py" in log
    assert "no such key" not in log


def test_the_doctor_finds_a_broken_access_log(clerk: Clerk) -> None:
    clerk.types("leads", "list")
    clerk.types("leads", "list")
    whole = clerk.types("doctor", "--json").receipt["checks"]
    assert [c["found"] for c in whole if c["check"] == "ledger and access log"] == [
        "2 looks logged, chain whole"
    ]
    with closing(sqlite3.connect(clerk.home / "ledger.sqlite")) as raw, raw:
        raw.execute("DROP TRIGGER access_log_no_update")
        raw.execute("UPDATE access_log SET who = 'nobody' WHERE seq = 1")
    said = clerk.types("doctor")
    assert said.code == 1
    assert "entry 1: it was changed after it was written" in said.out


def test_postgres_without_its_driver_names_the_extra(clerk: Clerk) -> None:
    clerk.patch.setitem(sys.modules, "psycopg", None)
    clerk.patch.setenv("DOUDI_LEDGER_URL", "postgresql://clerk:secret@127.0.0.1/ledger")
    said = clerk.types("leads", "list")
    assert said.code == 1
    assert said.has("extra `postgres`")
    assert "secret" not in said.err
