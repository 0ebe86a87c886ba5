"""What every search needs to know beside what to search for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doudi.detectors.facts import Facts, last_known
from doudi.detectors.months import first_of, next_month
from doudi.graph.errors import FutureAsOf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from doudi.detectors.catalogue import Catalogue
    from doudi.graph.connection import Connection
    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters


@dataclass(frozen=True)
class Setting:
    """Everything a search needs to know beside what to search for.

    Attributes:
        feeds: For each source the day its newest delivery was known, for the feeds' health.
        data_dates: For each source the day of its newest fact, which a receipt shows; it follows
            from the projection alone, so that a rebuilt one gives the same receipt.
        held: Clearing codes whose answers are held back because they would rest on the silence of
            a source, each with the reasons concerned, or None where every answer is.
    """

    connection: Connection
    projection: Projection
    folder: Path
    parameters: Parameters
    catalogue: Catalogue
    feeds: Mapping[str, date]
    data_dates: Mapping[str, date]
    as_of: date
    as_known: date | None
    progress: Callable[[str], None] = field(default=lambda _step: None)
    held: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def as_of_end(self) -> date:
        """The first day after the as-of month."""
        return next_month(self.as_of)


def open_setting(
    connection: Connection,
    projection: Projection,
    parameters: Parameters,
    everything: Catalogue,
    *,
    as_of: date,
    feeds: Mapping[str, date] | None = None,
    progress: Callable[[str], None] | None = None,
    held: Mapping[str, tuple[str, ...] | None] | None = None,
) -> Setting:
    """What a search needs to know, with the feeds' ages read from the projection."""
    facts = Facts(projection.folder)
    try:
        known = {slug: date.fromisoformat(day) for slug, day in last_known(facts).items()}
    finally:
        facts.close()
    return Setting(
        connection=connection,
        projection=projection,
        folder=projection.folder,
        parameters=parameters,
        catalogue=everything,
        feeds=known | dict(feeds or {}),
        data_dates=known,
        as_of=first_of(as_of),
        as_known=projection.as_known,
        progress=progress or (lambda _step: None),
        held=dict(held or {}),
    )


def require_delivered(setting: Setting) -> None:
    """Refuse a month after the last one with payments, and one that was not yet when we knew.

    Raises:
        FutureAsOf: naming the last delivered month.
    """
    facts = Facts(setting.folder)
    try:
        newest = facts.rows(
            "SELECT max(coalesce(valid_to, valid_from + INTERVAL 1 MONTH)::DATE) "
            "FROM link_PAID_Person_Account"
        )[0][0]
    finally:
        facts.close()
    known = next_month(setting.as_known) if setting.as_known else None
    end = min((day for day in (newest, known) if isinstance(day, date)), default=None)
    if end is None or setting.as_of_end <= end:
        return
    last = first_of(end - timedelta(days=1))
    if next_month(last) < setting.as_of_end:
        raise FutureAsOf(
            (
                f"截至月份 {setting.as_of:%Y-%m} 晚于最后一个已报送的月份",
                f"the as-of month {setting.as_of:%Y-%m} is later than the last delivered one",
            ),
            expected=(f"{last:%Y-%m} 或更早", f"{last:%Y-%m} or earlier"),
            next_step=("先载入更新的数据批次", "load the newer delivery first"),
        )
