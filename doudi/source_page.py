"""The page of all sources, written from their declarations and the headers of the detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.detectors.catalogue import catalogue
from doudi.loaders.source import sources
from doudi.loaders.verdicts import CADENCE_DAYS
from doudi.source_book import ACCESS, DEPARTMENTS, KEYS, NATURES, ROOMS, Uses, entry, uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doudi.loaders.source import Source

_HEAD = """\
# Data sources 数据源

Written from the files in `loaders/sources/` and the headers in `detectors/` by `make docs`; do not
edit. `doudi sources show SLUG` says more of one: its columns with their headers, units and values.
How to add one: [add-a-source.md](add-a-source.md); what a sick feed is: [deliveries.md](deliveries.md).

A feed is *stale* when its newest delivery is older at the end of the as-of month than its cadence
allows: {cadences}. What comes on an event or on authorisation is never stale by itself. A detector
is frozen at the age beside its id, or when the feed is sick, whichever is first.
"""


def render() -> str:
    """The page ``docs/sources.md``."""
    declared = sources()
    used = uses(declared, catalogue())
    return "\n".join(_lines(list(declared.values()), used)).rstrip() + "\n"


def _lines(declared: Sequence[Source], used: dict[str, Uses]) -> Iterator[str]:
    yield _HEAD.format(
        cadences=", ".join(f"{name} {days} days" for name, days in CADENCE_DAYS.items())
    )
    known = {source.publisher for source in declared}
    order = [*(d for d in DEPARTMENTS if d in known), *sorted(known - set(DEPARTMENTS))]
    for publisher in order:  # a department a section
        own = sorted((s for s in declared if s.publisher == publisher), key=lambda s: s.slug)
        yield f"## {publisher} {DEPARTMENTS.get(publisher, '')} ({len(own)})"
        yield ""
        for source in own:
            yield from _source(source, used[source.slug])


def _source(source: Source, used: Uses) -> Iterator[str]:
    told = entry(source, used)
    yield f"### {source.title['zh']} · {source.title['en']}"
    yield ""
    yield f"`{source.slug}` · {source.cadence} · {NATURES[source.nature][1]}"
    yield ""
    given = ", ".join(f"{fact['zh']} `{fact['fact']}`" for fact in told["facts"])
    yield f"* Says: {given or ('policy parameters' if source.rows_table else 'nothing yet')}"
    yield f"* Key: {', '.join(f'`{name}`' for name in source.key)}; {KEYS[source.key_kind][1]}"
    yield f"* Basis: {source.legal_basis or 'not stated'}"
    yield f"* Who may see it: {ACCESS[told['sensitivity']][0]} {ACCESS[told['sensitivity']][1]}"
    yield f"* Used by: {_users(used)}"
    yield f"* How late: {_late(told['stale_after_days'], used)}"
    yield ""


def _users(used: Uses) -> str:
    parts = [*used.detectors, *(f"{code} (its silence)" for code in used.checks)]
    parts += [f"{ROOMS[room][0]} {ROOMS[room][1]}" for room in used.rooms]
    return ", ".join(parts) or "nothing yet"


def _late(days: int | None, used: Uses) -> str:
    ages: dict[int, list[str]] = {}
    for name, age in {**used.detectors, **used.checks}.items():
        ages.setdefault(age, []).append(name)
    limits = [f"at most {age} days for {', '.join(ages[age])}" for age in sorted(ages)]
    stale = f"stale after {days} days" if days else "never stale by its cadence"
    return "; ".join([stale, *limits])
