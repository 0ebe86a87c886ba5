"""The home folder: where tables, graph, runs, keys and decisions of one office lie."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import HomeError, UnknownName
from doudi.lock import held, unwritable
from doudi.settings import DEFAULT_FILE, Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from doudi.graph.errors import Pair

_FOLDERS = ("tables", "quarantine", "graph", "vault", "runs", "detectors", "sources")


@dataclass(frozen=True)
class Home:
    """A home folder that exists."""

    path: Path

    @classmethod
    def locate(cls, given: Path | None = None) -> Path:
        """``given``, else ``$DOUDI_HOME``, else ``./doudi-home``."""
        return Path(given or os.environ.get("DOUDI_HOME") or "doudi-home").resolve()

    @classmethod
    def open(cls, given: Path | None = None) -> tuple[Home, bool]:
        """The home, made where it was missing; says whether it was made.

        Raises:
            HomeError: if it cannot be made or written.
        """
        path = cls.locate(given)
        made = not (path / "doudi.toml").exists()
        try:
            for folder in _FOLDERS:
                (path / folder).mkdir(parents=True, exist_ok=True)
            (path / "keys").mkdir(mode=0o700, exist_ok=True)
            if made:
                (path / "doudi.toml").write_text(DEFAULT_FILE, "utf-8")
        except OSError as error:
            raise unwritable(path, error) from None
        return cls(path), made

    @cached_property
    def settings(self) -> Settings:
        """The settings of this home."""
        return read_settings(self.path / "doudi.toml")

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders commands write into, the home itself first."""
        return (self.path, *(self.path / name for name in (*_FOLDERS, "keys")))

    @property
    def county(self) -> Path:
        """The synthetic county of a home that the demo made; no office's home has one."""
        return self.path / "county"

    @property
    def tables(self) -> Path:
        """The fact tables."""
        return self.path / "tables"

    @property
    def has_tables(self) -> bool:
        """Whether anything has been loaded."""
        return any(self.tables.rglob("*.parquet"))

    @property
    def projection(self) -> Path:
        """The Parquet files the current graph was built from."""
        return self.path / "graph" / "projection"

    @property
    def ledger_url(self) -> str:
        """Where decisions are kept, as an SQLAlchemy URL."""
        return self.settings.ledger.url or f"sqlite:///{self.path / 'ledger.sqlite'}"

    def new_run(self, stage: str) -> Run:
        """A new, empty run folder, named by the time and the stage.

        Raises:
            HomeError: if it cannot be made.
        """
        while True:
            started = datetime.now(UTC)
            stamp = started.strftime("%Y%m%dT%H%M%S%f")[:-3]
            run = Run(self, f"{stamp}Z-{stage}", stage, started)
            try:
                run.path.mkdir(parents=True)
            except FileExistsError:  # another command began in the same millisecond
                time.sleep(0.001)
            except OSError as error:
                raise unwritable(self.path, error) from None
            else:
                return run

    @contextmanager
    def running(self, stage: str) -> Iterator[Run]:
        """A new run folder, taken away again when the stage fails: half a run is none."""
        run = self.new_run(stage)
        try:
            yield run
        except BaseException:
            shutil.rmtree(run.path, ignore_errors=True)
            raise

    def latest(self, file: str) -> Path:
        """The newest finished run's copy of a file, such as ``leads.parquet``.

        A run over some detectors, some households or an older month does not count.

        Raises:
            HomeError: if no run has it yet.
        """
        for folder, receipt in self.receipts("*"):
            if (folder / file).exists() and receipt.get("whole", True):
                return folder / file
        raise HomeError(
            (f"还没有运行写出 {file}", f"no run has written {file} yet"),
            where=str(self.path / "runs"),
            next_step="doudi rank" if file == "ranking.parquet" else "doudi detect",
        )

    def file_of(self, run: str, file: str) -> Path:
        """A file of one run, such as a run as known at an earlier day.

        Raises:
            UnknownName: if there is no such run with that file; offers the nearest.
        """
        path = self.path / "runs" / run / file
        if path.exists() and path.parent.parent == self.path / "runs":
            return path
        runs = sorted(p.parent.name for p in (self.path / "runs").glob(f"*/{file}"))
        raise UnknownName.among(
            ("运行", "run"), run, runs, where=str(self.path / "runs"), next_step="doudi detect"
        )

    def receipts(self, stage: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Folder and receipt of each finished run of a stage, or of all (``*``), newest first."""
        for path in sorted((self.path / "runs").glob(f"*-{stage}/receipt.json"), reverse=True):
            try:
                yield path.parent, json.loads(path.read_text("utf-8"))
            except (OSError, ValueError):  # a run that was killed while it wrote
                continue

    def locked(
        self, purpose: str, *, wait: float = 0.0, tell: Callable[[Pair], None] | None = None
    ) -> AbstractContextManager[None]:
        """Hold the one writer's place in this home; as :func:`doudi.lock.held`."""
        return held(self.path, purpose, wait=wait, tell=tell)


@dataclass(frozen=True)
class Run:
    """One stage's folder under ``runs/``."""

    home: Home
    name: str
    stage: str
    started: datetime

    @property
    def path(self) -> Path:
        """Where the run's files go."""
        return self.home.path / "runs" / self.name

    def finish(self, receipt: Mapping[str, Any]) -> dict[str, Any]:
        """The whole receipt, written to ``receipt.json``; ``runs/latest`` now names this run."""
        whole = {
            "stage": self.stage,
            "run": self.name,
            "started": self.started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            **receipt,
        }
        text = json.dumps(whole, ensure_ascii=False, indent=2, default=str)
        (self.path / "receipt.json").write_text(text + "\n", "utf-8")
        (self.home.path / "runs" / "latest").write_text(self.name + "\n", "utf-8")
        return whole


def read_json(file: Path) -> dict[str, Any]:
    """A small file of facts; nothing where it is absent or was left half written."""
    try:
        entry: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return entry
