"""The stages of the line, each on a home, each with its receipt: load, build, detect, rank."""

from __future__ import annotations

import getpass
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.casework.ledger import Ledger
from doudi.graph.errors import FutureAsOf, HomeError, UsageError
from doudi.graph.neo4j_build import build_graph
from doudi.graph.neo4j_settings import Neo4jSettings
from doudi.graph.projection import Projection, project
from doudi.graph.server import running
from doudi.graph.tables import FactStore
from doudi.policy.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from doudi.console import Console
    from doudi.graph.connection import Connection
    from doudi.home import Home, Run

EXIT_UNHEALTHY = 3


@dataclass(frozen=True)
class Line:
    """A home, and the voice of the command that works in it."""

    home: Home
    console: Console

    @property
    def who(self) -> str:
        """The user of the machine, as the access log names people."""
        return getpass.getuser()

    def load(self, deliveries: Sequence[Path]) -> dict[str, Any]:
        """Load deliveries, oldest first; one receipt for all."""
        from doudi.loaders.load import load

        run = self.home.new_run("load")
        with self.console.stage("载入数据", "loading") as progress, self.home.locked("load"):
            receipts = [
                load(folder, self.home.path, lang=self.console.lang, progress=progress)
                for folder in _existing(deliveries)
            ]
        parts = [receipt.to_json() for receipt in receipts]
        files = [file for part in parts for file in part["files"]]
        code = max([part["exit_code"] for part in parts], default=0)
        return run.finish(
            {
                "ok": code == 0,
                "exit_code": code or self._quarantine_code(files),
                "inputs": [str(folder) for folder in deliveries],
                "outputs": {"tables": str(self.home.tables)},
                "messages": [m for part in parts for m in part["messages"]],
                "files": files,
            }
        )

    def _quarantine_code(self, files: list[dict[str, Any]]) -> int:
        """3 where more rows were refused than the settings let pass."""
        rows = sum(file["rows_in"] for file in files)
        refused = sum(file["quarantined"] for file in files)
        limit = self.home.settings.limits.quarantined_share
        return EXIT_UNHEALTHY if rows and refused / rows > limit else 0

    def as_of(self, text: str | None) -> date:
        """The first day of the as-of month: as typed, else the last month with payments.

        Raises:
            UsageError: if it is no month.
            FutureAsOf: if it is later than the last delivered month.
        """
        last = self._last_paid_month()
        if text is None:
            return last
        month = parse_month(text)
        if month > last:
            raise FutureAsOf(
                f"--as-of {month:%Y-%m} is later than the last delivered month",
                expected=f"{last:%Y-%m} or earlier",
                next_step="load the newer delivery first",
            )
        return month

    def _last_paid_month(self) -> date:
        view = FactStore(self.home.tables).connect(None)
        try:
            paid = view.link("PAID", "Person", "Account")
            last = paid.aggregate(last=paid["valid_from"].max()).to_pyarrow()["last"][0].as_py()
        finally:
            view.close()
        if last is None:
            raise HomeError(
                "no payments are loaded",
                where=str(self.home.path),
                next_step="doudi load a delivery with one_card_payment",
            )
        return date(last.year, last.month, 1)

    def project(self) -> Projection:
        """The projection of what is known now, made again only when tables were added."""
        store = FactStore(self.home.tables)
        state = {"seq": store.next_seq()}
        marker = self.home.projection / "built.json"
        if not marker.exists() or json.loads(marker.read_text("utf-8")) != state:
            with self.console.stage("整理事实与推导关系", "deriving relations") as progress:
                fresh = self.home.projection.with_name("projection-new")
                shutil.rmtree(fresh, ignore_errors=True)
                project(store, fresh, progress=progress)
                (fresh / "built.json").write_text(json.dumps(state), "utf-8")
                shutil.rmtree(self.home.projection, ignore_errors=True)
                fresh.rename(self.home.projection)
        return Projection(self.home.projection)

    @contextmanager
    def graph(self, *, keep: bool = True) -> Iterator[tuple[Connection, Projection]]:
        """The graph of this home, built where it is not current, and its projection."""
        projection = self.project()
        settings = self.neo4j_settings()
        with running(
            self.home.path / "graph", settings, keep=keep, progress=self._server_says
        ) as c:
            self._fill(c, settings)
            yield c, projection

    def _server_says(self, step: str) -> None:
        self.console.say(f"Neo4j：{step}", f"Neo4j: {step}")

    def _fill(self, connection: Connection, settings: Neo4jSettings) -> None:
        """Bring the graph to the projection, unless it is there already."""
        marker = self.home.path / "graph" / "filled.json"
        wanted = {
            "projection": (self.home.projection / "built.json").read_text("utf-8"),
            "server": settings.uri or "managed",
        }
        if marker.exists() and json.loads(marker.read_text("utf-8")) == wanted:
            return
        with self.console.stage("建图（Neo4j）", "building the graph (Neo4j)") as progress:
            build_graph(
                self.home.projection,
                home_graph_dir=self.home.path / "graph",
                connection=connection,
                settings=settings,
                progress=progress,
            )
        marker.write_text(json.dumps(wanted), "utf-8")

    def neo4j_settings(self) -> Neo4jSettings:
        """The server settings of this home, in the graph's own terms."""
        section = self.home.settings.neo4j
        return Neo4jSettings(**section.model_dump())

    def parameters(self) -> Parameters:
        """The policy parameters as known now."""
        view = FactStore(self.home.tables).connect(None)
        try:
            return Parameters.from_view(view)
        finally:
            view.close()

    def detect(
        self,
        *,
        as_of: date,
        detectors: Sequence[str] | None = None,
        households: Sequence[str] | None = None,
        out: Path | None = None,
    ) -> dict[str, Any]:
        """Run detectors, clear, merge; leads go to the ledger."""
        from doudi.detectors.run import detect
        from doudi.loaders.feeds import feeds

        run = self.home.new_run("detect")
        with (
            self.graph() as (connection, projection),
            self.console.stage("比对与排除", "detecting and clearing") as progress,
        ):
            receipt = detect(
                connection,
                projection,
                self.parameters(),
                as_of=as_of,
                detectors=detectors,
                households=households,
                out=run.path,
                extra=self.home.path / "detectors",
                feeds=feeds(self.home.path),
                progress=progress,
            )
        whole = detectors is None and households is None and not receipt.exit_code
        return self._finish_leads(run, receipt.to_json(), out, is_complete=whole)

    def _finish_leads(
        self, run: Run, receipt: dict[str, Any], out: Path | None, *, is_complete: bool
    ) -> dict[str, Any]:
        import pandas as pd

        with Ledger.open(self.home.ledger_url) as ledger:
            leads = pd.read_parquet(run.path / "leads.parquet")
            ledger.upsert_leads(leads, run=run.name, is_complete=is_complete)
            whole = run.finish(receipt)
            ledger.record_run(whole)
        copy_out(run, out)
        return whole

    def rank(
        self, *, as_of: date, capacity: int | Path, out: Path | None = None, seed: int = 0
    ) -> dict[str, Any]:
        """Rank households for outreach; the table goes to the run folder."""
        from doudi.ranking.rank import rank

        run = self.home.new_run("rank")
        with self.console.stage("排序：先上门帮谁", "ranking for outreach") as progress:
            receipt = rank(
                FactStore(self.home.tables),
                self.parameters(),
                as_of=as_of,
                capacity=capacity,
                out=run.path,
                seed=seed,
                lang=self.console.lang,
                progress=progress,
            )
        whole = run.finish(receipt.to_json())
        copy_out(run, out)
        return whole


def parse_month(text: str) -> date:
    """The first day of a month typed as ``2026-06``.

    >>> parse_month("2026-06")
    datetime.date(2026, 6, 1)
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UsageError(f"{text!r} is no month", expected="YYYY-MM, such as 2026-06") from None


def copy_out(run: Run, out: Path | None) -> None:
    """The run's files, written to ``out`` too."""
    if out is None:
        return
    try:
        shutil.copytree(run.path, out, dirs_exist_ok=True)
    except OSError as error:
        raise HomeError(f"cannot be written ({error.strerror})", where=str(out)) from None


def _existing(deliveries: Sequence[Path]) -> list[Path]:
    missing = [str(folder) for folder in deliveries if not folder.is_dir()]
    if missing:
        raise UsageError(
            f"no such delivery folder: {', '.join(missing)}",
            expected="a folder of <slug>.csv, .xlsx or .parquet files",
        )
    return sorted(deliveries, key=lambda folder: folder.name)
