"""The stages of the line, each with its receipt: synth, load, build, detect, rank."""

from __future__ import annotations

import getpass
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.days import parse_day, parse_month
from doudi.graph.errors import FutureAsOf, HomeError, UnknownName, UsageError
from doudi.home_graph import HomeGraph
from doudi.loading import existing, loaded, require_same_kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from doudi.console import Console
    from doudi.graph.connection import Connection
    from doudi.graph.neo4j_settings import Neo4jSettings
    from doudi.graph.projection import Projection
    from doudi.home import Home, Run
    from doudi.policy.parameters import Parameters

LIST_LEADS = ("用 doudi leads list 查看线索", "doudi leads list shows the leads")


@dataclass(frozen=True)
class Line:
    """A home, and the voice of the command that works in it.

    Attributes:
        wait: Seconds to wait for another command that writes there.
    """

    home: Home
    console: Console
    wait: float = 0.0

    @property
    def who(self) -> str:
        """The user of the machine, as the access log names people."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):  # a container whose user has no name
            return f"uid-{os.getuid()}" if hasattr(os, "getuid") else "unnamed"

    def locked(self, purpose: str) -> AbstractContextManager[None]:
        """The one writer's place in the home, waited for as long as the command may."""
        return self.home.locked(purpose, wait=self.wait, tell=lambda said: self.console.say(*said))

    def synth(
        self,
        out: Path,
        *,
        counties: int = 1,
        **wishes: Any,  # noqa: ANN401 - as they are
    ) -> dict[str, Any]:
        """Write a synthetic county or province; ``wishes`` are those of ``make_county``."""
        from doudi.synth.county import make_county
        from doudi.synth.province import make_province

        if counties == 1:
            kind = "county"
            with self.console.stage("生成合成县", "making a synthetic county") as progress:
                counts = asdict(make_county(out, **wishes, progress=progress))
        else:
            kind = "province"
            with self.console.stage("生成合成省", "making a synthetic province") as progress:
                made = make_province(out, counties=counties, **wishes, progress=progress)
                counts = asdict(made)
        done = {"stage": "synth", "ok": True, "exit_code": 0, "outputs": {kind: out}}
        return done | {"counts": counts}

    def load(self, deliveries: Sequence[Path]) -> dict[str, Any]:
        """Load deliveries, oldest first; one receipt for all."""
        from doudi.loaders.load import load

        folders = existing(deliveries)
        require_same_kind(self, folders)
        with (
            self.locked("load"),
            self.home.running("load") as run,
            self.console.stage("载入数据", "loading") as progress,
        ):
            receipts = [
                load(folder, self.home.path, lang=self.console.lang, progress=progress)
                for folder in folders
            ]
            parts = [receipt.to_json() for receipt in receipts]
            return self.recorded(run, loaded(self, parts, deliveries))

    def check(self, delivery: Path) -> dict[str, Any]:
        """What loading a delivery would do and say; nothing is written."""
        from doudi.loaders.check import check_delivery

        folders = existing([delivery])
        require_same_kind(self, folders)
        with self.console.stage("检查数据", "checking") as progress:
            found = check_delivery(
                folders[0], self.home.path, lang=self.console.lang, progress=progress
            ).to_json()
        counted = [file for file in found["files"] if "rows_in" in file]
        said = loaded(self, [found | {"files": counted}], folders)
        return found | {name: said[name] for name in ("ok", "exit_code", "inputs", "messages")}

    def recorded(self, run: Run, receipt: dict[str, Any]) -> dict[str, Any]:
        """The whole receipt, in the run's folder and in the ledger."""
        from doudi.casework.ledger import Ledger

        whole = run.finish(receipt)
        with Ledger.open(self.home.ledger_url) as ledger:
            ledger.record_run(whole)
        return whole

    def as_of(self, text: str | None, as_known: date | None = None) -> date:
        """The first day of the as-of month: as typed, else the last month with payments.

        Args:
            text: A month as typed, or None.
            as_known: Last day of knowledge that counts; all knowledge when None.

        Raises:
            UsageError: if it is no month.
            FutureAsOf: if it is later than the last delivered month.
        """
        last = self._last_paid_month(as_known)
        if text is None:
            return last
        month = parse_month(text)
        if month > last:
            raise FutureAsOf(
                (
                    f"--as-of {month:%Y-%m} 晚于最后一个已报送的月份",
                    f"--as-of {month:%Y-%m} is later than the last delivered month",
                ),
                expected=(f"{last:%Y-%m} 或更早", f"{last:%Y-%m} or earlier"),
                next_step=("先载入更新的数据批次", "load the newer delivery first"),
            )
        return month

    def as_known(self, text: str | None) -> date | None:
        """The last day of knowledge that counts, as typed; all knowledge when nothing was.

        Raises:
            UsageError: if it is no day, or nothing was known by then.
        """
        from doudi.graph.tables import FactStore

        if text is None:
            return None
        day = parse_day(text)
        with FactStore(self.home.tables).connect(day) as view:
            known = view.latest_known()
        if known is None:
            raise UsageError(
                (f"截至 {day} 尚无数据", f"nothing was known by {day}"),
                where="--as-known",
                expected=("第一批数据收到之日或之后的日期", "a day from the first delivery on"),
                next_step=("改写日期，不写则取全部数据", "give a later day, or none for all data"),
            )
        return day

    def _last_paid_month(self, as_known: date | None = None) -> date:
        from doudi.graph.tables import FactStore

        view = FactStore(self.home.tables).connect(as_known)
        try:
            paid = view.link("PAID", "Person", "Account")
            month = paid["valid_from"]
            in_time = month <= paid["known_from"]  # money for a month to come is no news of it
            row = paid.aggregate(last=month.max(where=in_time), sent=month.max()).to_pyarrow()
        finally:
            view.close()
        last, sent = row["last"][0].as_py(), row["sent"][0].as_py()
        if last is None:
            raise HomeError(
                ("尚未载入发放数据", "no payments are loaded"),
                where=str(self.home.path),
                next_step=(
                    "用 doudi load 载入含 one_card_payment 的数据批次",
                    "doudi load a delivery with one_card_payment",
                ),
            )
        if sent > last:
            self.console.warn(
                f"有发放月份晚于报送日期（最晚 {sent:%Y-%m}），不计入；最后一个月为 {last:%Y-%m}",
                f"payments for months after their delivery (up to {sent:%Y-%m}) are left out; "
                f"the last month is {last:%Y-%m}",
            )
        return date(last.year, last.month, 1)

    def project(self) -> Projection:
        """The projection of what is known now, made again only when tables were added."""
        return HomeGraph(self.home, self.console).project()

    def graph(self, *, keep: bool = True) -> AbstractContextManager[tuple[Connection, Projection]]:
        """The graph of this home, built where it is not current, and its projection."""
        return HomeGraph(self.home, self.console).served(keep=keep)

    def graph_as_known(
        self, day: date | None
    ) -> AbstractContextManager[tuple[Connection, Projection]]:
        """The graph of what was known at a day, beside today's where more is known now."""
        return HomeGraph(self.home, self.console).as_known(day)

    def projection_as_known(self, day: date | None) -> AbstractContextManager[Projection]:
        """The projection of what was known at a day; of all that is known now when None."""
        return HomeGraph(self.home, self.console).projected(day)

    def neo4j_settings(self) -> Neo4jSettings:
        """The server settings of this home, in the graph's own terms."""
        return HomeGraph(self.home, self.console).settings

    def parameters(self, as_known: date | None = None) -> Parameters:
        """The policy parameters as known at a day, now unless given."""
        from doudi.graph.tables import FactStore
        from doudi.policy.parameters import Parameters

        view = FactStore(self.home.tables).connect(as_known)
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
        as_known: date | None = None,
        out: Path | None = None,
    ) -> dict[str, Any]:
        """Run detectors, clear, merge; leads go to the ledger.

        As known at an earlier day nothing is carried on from runs of today, and the ledger stays.
        """
        from doudi.detectors.catalogue import catalogue
        from doudi.detectors.months import next_month
        from doudi.detectors.run import detect
        from doudi.feed_watch import sick_feeds
        from doudi.loaders.feeds import feeds

        extra = self.home.path / "detectors"
        catalogue(extra).chosen(detectors)  # a wrong file or name is told before the long work
        previous = None if as_known else self.previous_hits(as_of)
        with self.locked("detect"), self.home.running("detect") as run:
            with (
                self.graph_as_known(as_known) as (connection, projection),
                self.console.stage("比对与排除", "detecting and clearing") as progress,
            ):
                receipt = detect(
                    connection,
                    projection,
                    self.parameters(as_known),
                    as_of=as_of,
                    detectors=detectors,
                    households=households,
                    out=run.path,
                    extra=extra,
                    previous=previous,
                    feeds=feeds(self.home.path, as_known),
                    sick=sick_feeds(self.home.path, as_of_end=next_month(as_of), as_known=as_known),
                    progress=progress,
                )
            said = receipt.to_json()
            is_part = detectors is not None or households is not None or as_known is not None
            said["whole"] = not is_part and as_of == self._last_paid_month()
            said["inputs"] |= {"detectors": _listed(detectors), "households": _listed(households)}
            finished = self._finish_leads(run, said, is_complete=not receipt.exit_code)
        copy_out(run, out)
        return finished

    def previous_hits(self, as_of: date) -> Path | None:
        """The hits of the newest finished run over everything, up to the same month.

        A run over some detectors or households says nothing about the others, and a later month
        would carry back what was not known yet.
        """
        for folder, receipt in self.home.receipts("detect"):
            inputs = receipt.get("inputs", {})
            is_whole = inputs.get("detectors") is None and inputs.get("households") is None
            hits = folder / "hits.parquet"
            if is_whole and inputs.get("as_of", "") <= f"{as_of:%Y-%m}" and hits.exists():
                return hits
        return None

    def hits_of(self, name: str) -> tuple[Path, date | None]:
        """The hits of the newest run that found a hit or made a lead, and the day of knowledge.

        Raises:
            UnknownName: if no finished run has it.
        """
        from doudi.detectors.receipt import is_in

        for folder, receipt in self.home.receipts("detect"):
            if is_in(name, folder / "hits.parquet"):
                known = receipt["inputs"].get("as_known")
                return folder / "hits.parquet", date.fromisoformat(known) if known else None
        raise UnknownName(
            (f"各次运行中都没有命中或线索 {name}", f"no hit or lead {name} in any run"),
            where=str(self.home.path / "runs"),
            next_step=LIST_LEADS,
        )

    def _finish_leads(
        self, run: Run, receipt: dict[str, Any], *, is_complete: bool
    ) -> dict[str, Any]:
        import pandas as pd

        from doudi.casework.ledger import Ledger

        if receipt["whole"]:
            with Ledger.open(self.home.ledger_url) as ledger:
                leads = pd.read_parquet(run.path / "leads.parquet")
                ledger.upsert_leads(leads, run=run.name, is_complete=is_complete)
        else:
            self.console.warn(
                f"只跑了一部分，或是较早的月份或数据：结果在 {run.path}，线索库不变",
                f"a part, an older month or older knowledge: see {run.path}; the leads stay as they are",
            )
        return self.recorded(run, receipt)

    def rank(
        self,
        *,
        as_of: date,
        capacity: int | Path,
        as_known: date | None = None,
        out: Path | None = None,
        seed: int = 0,
    ) -> dict[str, Any]:
        """Rank households for outreach; the table goes to the run folder."""
        from doudi.graph.tables import FactStore
        from doudi.ranking.rank import rank

        projection = self.project()
        with (
            self.home.running("rank") as run,
            self.console.stage("排序：先上门帮谁", "ranking for outreach") as progress,
        ):
            receipt = rank(
                FactStore(self.home.tables),
                as_of=as_of,
                as_known=as_known,
                capacity=capacity,
                out=run.path,
                seed=seed,
                lang=self.console.lang,
                projection=projection,
                progress=progress,
            )
            said = receipt.to_json() | {"whole": as_known is None}
            whole = self.recorded(run, said)
        copy_out(run, out)
        return whole


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return None if names is None else list(names)


def copy_out(run: Run, out: Path | None) -> None:
    """The run's files, written to ``out`` too."""
    if out is None:
        return
    try:
        shutil.copytree(run.path, out, dirs_exist_ok=True)
    except OSError as error:
        raise HomeError.unwritten(error, str(out)) from None
