"""A disk that fails at any step: no wrong success, nothing half seen, and a rerun puts it right."""

from __future__ import annotations

import errno
import os
import pathlib
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from doudi.graph.errors import HomeError
from doudi.loaders.load import load
from tests.loaders.test_planted_faults import contents, payments, tables_of, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 120


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    rows, _ = payments(ROWS)
    return contents(tmp_path_factory.mktemp("undisturbed"), {"one_card_payment.csv": rows})


class Failing:
    """Fails the n-th call of a step, with an error of the disk."""

    def __init__(self, real: Callable[..., Any], nth: int, code: int) -> None:
        self.real, self.left, self.code = real, nth, code

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - stands for any call
        self.left -= 1
        if self.left == 0:
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*arguments, **named)


def delivery(folder: Path) -> tuple[Path, Path]:
    """A delivery of payments, and a home with its key."""
    sent, home = folder / "2026-04", folder / "home"
    sent.mkdir()
    (sent / "delivery.toml").write_text("as_known = 2026-05-05\n")
    (sent / "one_card_payment.csv").write_text(text(payments(ROWS)[0]), "utf-8")
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "pid.key").write_bytes(b"k" * 32)
    return sent, home


def seen(home: Path) -> dict[str, bytes]:
    """The files that a reader would take."""
    found = {str(p.relative_to(home)): p for p in home.rglob("*.parquet") if p.name[0] != "."}
    return {name: path.read_bytes() for name, path in found.items()}


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_the_nth_failing_step_is_no_success_and_a_rerun_puts_it_right(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: list[tuple[str, ...]],
    step: str,
) -> None:
    places: dict[str, tuple[Any, str]] = {
        "write": (pq.ParquetWriter, "write_table"),
        "fsync": (os, "fsync"),
        "rename": (pathlib.Path, "replace"),
    }
    owner, name = places[step]
    real = getattr(owner, name)
    nth = 0
    while True:
        nth += 1
        folder = tmp_path / f"{nth}"
        folder.mkdir()
        sent, home = delivery(folder)
        failing = Failing(real, nth, errno.EIO)
        monkeypatch.setattr(owner, name, lambda *a, _f=failing, **k: _f(*a, **k))
        told = ""
        try:
            load(sent, home)
        except (HomeError, OSError) as error:
            told = str(error)
        finally:
            monkeypatch.undo()
        if not told:
            assert failing.left > 0
            break
        assert "Input/output error" in told
        assert list(home.rglob("*.tmp")) == []
        load(sent, home)
        assert tables_of(home) == undisturbed
    assert nth > 4


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_full_disk_names_the_file_and_leaves_the_tables_as_they_were(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: list[tuple[str, ...]],
    share: float,
) -> None:
    sent, home = delivery(tmp_path)
    real = pq.ParquetWriter.write_table
    writes = 6  # quarantine, people, accounts, payments, vault, rows
    failing = Failing(real, max(1, round(share * writes)), errno.ENOSPC)
    monkeypatch.setattr(pq.ParquetWriter, "write_table", lambda *a, _f=failing, **k: _f(*a, **k))
    before = seen(home)
    with pytest.raises(HomeError, match="No space left") as told:
        load(sent, home, lang="en")
    monkeypatch.undo()
    assert ".parquet" in str(told.value)
    assert seen(home) == before
    assert list(home.rglob("*.tmp")) == []
    load(sent, home)
    assert tables_of(home) == undisturbed
