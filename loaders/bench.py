"""The desk on which repaired lines are worked: they are read already, and no feed is news of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from doudi.loaders.control import Folder
from doudi.loaders.desk import Desk
from doudi.loaders.modes import Delivery, settle_nothing
from doudi.loaders.overtaken import drop_known, find_overtaken, find_own
from doudi.loaders.statements import Origin, Statement, statements, summed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doudi.graph.drafts import Draft
    from doudi.loaders.clean import Feed
    from doudi.loaders.read import Sheet, Way
    from doudi.loaders.receipt import FileReceipt
    from doudi.loaders.replay import Telling
    from doudi.loaders.source import Source
    from doudi.loaders.work import Work

LAST = "\U0010ffff"
"""Comes after the name of every batch: repairs are the last that is said in a day."""


@dataclass(frozen=True)
class Repair(Folder):
    """A repair as a delivery.

    Attributes:
        month: First day of the month of its origin.
    """

    month: date = date.min

    def for_source(self, slug: str) -> Delivery:  # noqa: ARG002 - it has one source
        """The delivery: of the origin's month."""
        return Delivery(self.batch, self.as_known, self.mode, self.month)


@dataclass(frozen=True)
class Bench(Desk):
    """A desk on which the repaired lines of one delivery of a source are worked.

    Attributes:
        origin: The delivery that they come from.
        sheets: The lines by file.
        percent: Columns of shares by file, and whether the whole file had them in percent.
    """

    origin: Origin = field(default_factory=lambda: Origin(date.min, "", ""))
    sheets: dict[str, Sheet] = field(default_factory=dict)
    percent: dict[str, dict[str, bool]] = field(default_factory=dict)

    @property
    def place_in_history(self) -> list[str]:
        """After all deliveries of its day."""
        return [*super().place_in_history[:2], LAST]

    def read(self, source: Source, paths: list[Path], ways: Mapping[Path, Way]) -> dict[str, Sheet]:  # noqa: ARG002 - they are read already
        """The lines by file."""
        return self.sheets

    def feed(self, source: Source, sheets: Mapping[str, Sheet]) -> Feed:
        """The feed, its shares as they were settled on the whole file."""
        percent = {
            (part, name): is_percent
            for part, file in enumerate(sheets)
            for name, is_percent in self.percent.get(file, {}).items()
        }
        return replace(super().feed(source, sheets), percent=percent)

    def state(self, feed: Feed, delivery: Delivery, sheets: Mapping[str, Sheet]) -> Statement:
        """What the lines say that no earlier repair said; ``set_aside`` names overtaken ones."""
        made = super().state(feed, delivery, sheets)
        statement = replace(made, told=replace(made.told, is_repair=True), origin=self.origin)
        before = [s for s in statements(feed.source, self._said(feed.source))
                  if s.place <= statement.place]  # fmt: skip  # one list
        find_own(self.con, statement, before)
        find_overtaken(self.con, statement, before)
        self.con.execute("CREATE OR REPLACE TABLE set_aside AS FROM overtaken")
        drop_known(self.con, statement, before)
        return summed(self.con, statement)

    def refusals(self, work: Work) -> Draft | None:  # noqa: ARG002 - their lines are there as they came
        """Nothing: lines that are still bad stay in quarantine as they came."""
        return None

    def keep(self, work: Work, drafts: list[Draft], receipts: list[FileReceipt]) -> None:  # noqa: ARG002 - a repair is no news of the feed
        """Put what the lines gave into its place; no feed is fresh because of it."""
        for draft in drafts:
            draft.keep()

    def _tell(self, statement: Statement) -> Telling | None:
        if self.con.execute("SELECT 1 FROM said LIMIT 1").fetchall():
            return super()._tell(statement)
        settle_nothing(self.con)
        return None
