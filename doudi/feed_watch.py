"""The health of a home's feeds, and what depends on those that are sick."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import HomeError
from doudi.source_book import needed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from doudi.loaders.source import Source
    from doudi.loaders.verdict import Verdict
    from doudi.loaders.verdicts import FeedHealth
    from doudi.stages import Line


@dataclass(frozen=True)
class Watched:
    """A feed, and what stands still because of it.

    Attributes:
        freezes: Ids of the detectors that are frozen by it.
        holds: Clearing codes some answers of which are held back because of it.
    """

    source: Source
    health: FeedHealth
    freezes: tuple[str, ...]
    holds: tuple[str, ...]

    @property
    def is_sick(self) -> bool:
        """Whether anything is wrong with it, or stands still because of it."""
        return self.health.is_sick or bool(self.freezes or self.holds)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What is wrong with it, its age for what stands still included."""
        from doudi.loaders.verdicts import too_old

        names = (*self.freezes, *self.holds)
        if self.health.age is None or not self.health.is_relied_on or not names:
            return self.health.verdicts
        return (*self.health.verdicts, too_old(self.health.age, names))

    def as_json(self) -> dict[str, Any]:
        """The feed for machines."""
        health, newest = self.health, self.health.newest
        return {
            "slug": self.source.slug,
            "title": self.source.title,
            "department": self.source.publisher,
            "cadence": self.source.cadence,
            "last": health.last.isoformat() if health.last else None,
            "age_days": health.age,
            "batch": newest.batch if newest else None,
            "mode": newest.mode if newest else None,
            "rows": newest.rows if newest else None,
            "sick": self.is_sick,
            "verdicts": [
                {"kind": v.kind, "about": v.about, "zh": v.told[0], "en": v.told[1]}
                for v in self.verdicts
            ],
            "freezes": list(self.freezes),
            "holds_back": list(self.holds),
        }


def watch(home: Path, *, as_of_end: date, as_known: date | None = None) -> list[Watched]:
    """Every feed that was loaded or is needed: the sick ones first, then by title.

    Args:
        home: The home folder.
        as_of_end: First day after the as-of month, at which ages are measured.
        as_known: Last day of knowledge that counts; all knowledge when None.
    """
    from doudi.detectors.catalogue import catalogue
    from doudi.detectors.freeze import frozen, held_back
    from doudi.loaders.source import sources

    declared, known = sources(home / "sources"), catalogue(home / "detectors")
    health = _health(home, declared, needed(known), as_of_end=as_of_end, as_known=as_known)
    days = {slug: feed.last for slug, feed in health.items() if feed.last}
    sick = _not_relied_on(health)
    running = known.chosen(None)
    icy = frozen(running, days, as_of_end=as_of_end, sick=sick)
    held = held_back(known.used_by(running), days, as_of_end=as_of_end, sick=sick)
    found = [
        Watched(
            declared[slug],
            feed,
            tuple(name for name, slugs in icy.items() if slug in slugs),
            tuple(code for code, one in held.items() if slug in one.slugs),
        )
        for slug, feed in health.items()
    ]
    return sorted(found, key=lambda w: (not w.is_sick, w.source.publisher, w.source.slug))


def sick_feeds(home: Path, *, as_of_end: date, as_known: date | None = None) -> set[str]:
    """Slugs of the feeds that came and are not to be relied upon: what needs them stands still."""
    from doudi.loaders.source import sources

    declared = sources(home / "sources")
    return _not_relied_on(_health(home, declared, (), as_of_end=as_of_end, as_known=as_known))


def _not_relied_on(health: dict[str, FeedHealth]) -> set[str]:
    return {slug for slug, feed in health.items() if feed.last and not feed.is_relied_on}


def _health(
    home: Path,
    declared: Mapping[str, Source],
    wanted: Collection[str],
    *,
    as_of_end: date,
    as_known: date | None,
) -> dict[str, FeedHealth]:
    from doudi.loaders.verdicts import feed_health

    return feed_health(
        home,
        declared,
        wanted,
        as_of_end=as_of_end,
        as_known=as_known,
        townships=_townships(home, as_known),
    )


def _townships(home: Path, as_known: date | None) -> set[str]:
    """Townships of the households that are known."""
    from doudi.graph.tables import FactStore

    if not FactStore(home / "tables").files("Household"):
        return set()
    with FactStore(home / "tables").connect(as_known) as view:
        found = view.con.execute(f"SELECT DISTINCT township FROM {view.known('Household')}")
        return {str(row[0]) for row in found.fetchall() if row[0]}


def last_deliveries(home: Path) -> dict[str, date]:
    """For each source the day its newest delivery was known."""
    from doudi.loaders.feeds import feeds

    return feeds(home)


def days_since(home: Path, day: date | None) -> int | None:
    """Days from a delivery to the newest one of the home, against which its age is seen."""
    if day is None:
        return None
    return (max(last_deliveries(home).values()) - day).days


def month_of(line: Line) -> date:
    """The month at whose end ages are measured: the last one with payments.

    Without payments it is that of the newest delivery, and today's where nothing came.
    """
    if line.home.has_tables:
        with suppress(HomeError):
            return line.as_of(None)
    newest = max(last_deliveries(line.home.path).values(), default=datetime.now(UTC).date())
    return newest.replace(day=1)
