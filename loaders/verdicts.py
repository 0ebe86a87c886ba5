"""Is a feed well? Its age, whether it was stopped, and what its newest delivery looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.loaders.drift import FEW, drifted
from doudi.loaders.feeds import feeds as last_days
from doudi.loaders.health import Record, records, stops
from doudi.loaders.verdict import CADENCES, Verdict, told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from doudi.loaders.health import Stop
    from doudi.loaders.source import Source

CADENCE_DAYS = {
    "daily": 45,
    "weekly": 45,
    "monthly": 75,
    "quarterly": 140,
    "half-yearly": 230,
    "yearly": 400,
}
"""Days after which a feed of a cadence is stale. An office loads once a month, so that even a daily
feed may miss one delivery. What comes on an event or on authorisation is never stale by itself."""

FREEZING = ("missing", "stale", "shrunken", "shifted")
"""Verdicts for which a feed is not relied upon."""

SAID = ("repeated",)
"""Verdicts that are only said: the feed may be well."""


@dataclass(frozen=True)
class FeedHealth:
    """A feed as it stands.

    Attributes:
        last: Day as of which the newest delivery was known; None where none came.
        age: Days from then to the end of the as-of month; 0 where it came later.
        newest: The record of that delivery; None for one of an earlier release.
    """

    slug: str
    last: date | None
    age: int | None
    newest: Record | None
    verdicts: tuple[Verdict, ...]

    @property
    def is_sick(self) -> bool:
        """Whether anything is wrong, beside what is only said."""
        return any(verdict.kind not in SAID for verdict in self.verdicts)

    @property
    def is_relied_on(self) -> bool:
        """Whether detectors may rely on it, as far as the feed itself tells."""
        return not any(verdict.kind in FREEZING for verdict in self.verdicts)


def cadence_days(cadence: str) -> int | None:
    """Days after which a feed of a cadence is stale; None where it never is.

    Of two cadences the slower counts; remarks in brackets do not.

    >>> cadence_days("monthly/quarterly"), cadence_days("yearly (Oct-Sep year)")
    (140, 400)
    >>> cadence_days("on authorisation")
    """
    words = cadence.partition("(")[0].split("/")
    known = [CADENCE_DAYS[word.strip()] for word in words if word.strip() in CADENCE_DAYS]
    return max(known, default=None)


def feed_health(
    home: Path,
    declared: Mapping[str, Source],
    needed: Collection[str],
    *,
    as_of_end: date,
    as_known: date | None = None,
    townships: Collection[str] | None = None,
) -> dict[str, FeedHealth]:
    """Every feed that was loaded or is needed, judged.

    Args:
        home: The home folder.
        declared: Sources by slug.
        needed: Slugs without which something does not run.
        as_of_end: First day after the as-of month, at which ages are measured.
        as_known: Last day of knowledge that counts; all knowledge when None.
        townships: Codes of the townships of known households; None takes every township.
    """
    days, stopped = last_days(home, as_known), stops(home, as_known)
    found: dict[str, FeedHealth] = {}
    for slug in sorted({*days, *stopped, *needed} & set(declared)):  # a feed after the other
        known, last = records(home, slug, as_known), days.get(slug)
        verdicts = [
            *_age(declared[slug], last, as_of_end),
            *_stopped(stopped.get(slug), last),
            *_judged(declared[slug], known, townships),
        ]
        age = max(0, (as_of_end - last).days) if last else None
        found[slug] = FeedHealth(slug, last, age, known[-1] if known else None, tuple(verdicts))
    return found


def too_old(age: int, rules: Iterable[str]) -> Verdict:
    """What to say of a feed that is well, but older than some rules allow."""
    names = list(rules)
    return told("late", "", "late", age=age, rules=("、".join(names), ", ".join(names)))


def _age(source: Source, last: date | None, as_of_end: date) -> Iterator[Verdict]:
    if last is None:
        yield told("missing", "", "missing")
        return
    days = cadence_days(source.cadence)
    age = (as_of_end - last).days
    if days is not None and age > days:
        word = next(
            name for name, limit in CADENCE_DAYS.items() if limit == days and name in source.cadence
        )
        cadence = (CADENCES[word], word)
        yield told("stale", "", "stale", age=age, days=days, cadence=cadence)


STOPPED_AS = {"shrunk": "shrunken", "few": "shrunken", "unit": "shifted"}
"""What it means for a feed that its newest delivery was stopped; else that it was."""


def _stopped(stop: Stop | None, last: date | None) -> Iterator[Verdict]:
    """A stopped delivery, unless one of its day or later could be used."""
    if stop is not None and (last is None or stop.as_known > last):
        kind = STOPPED_AS.get(stop.which, "stopped")
        yield told(kind, "", "stopped", batch=stop.batch, told=stop.told)


def _judged(
    source: Source, known: Sequence[Record], townships: Collection[str] | None
) -> Iterator[Verdict]:
    """What the newest delivery says of itself, and beside those before it."""
    if not known:
        return
    now = known[-1]
    for total in now.control:
        if abs(total["expected"] - total["found"]) >= 0.005:  # noqa: PLR2004 - half a fen
            yield told("control", total["name"], "control", **total)
    yield from _repeated(source, known)
    yield from drifted(source, known, townships)


def _repeated(source: Source, known: Sequence[Record]) -> Iterator[Verdict]:
    """The content of an earlier batch under a new name, where every month brings new rows."""
    now, days = known[-1], cadence_days(source.cadence)
    if source.nature == "register" or days is None or days > CADENCE_DAYS["monthly"]:
        return
    for record in known[:-1]:
        is_same = record.sketch.digest == now.sketch.digest and record.batch != now.batch
        if is_same and now.rows >= FEW:
            yield told("repeated", "", "repeated", batch=record.batch, rows=now.rows)
            return
