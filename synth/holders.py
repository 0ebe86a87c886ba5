"""Who holds how much of which company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Book, Values
    from doudi.synth.world import World

CIRCLE = 0.05
"""What two companies of a circle hold of each other."""
CIRCLED = np.datetime64("2019-03-01")


def holding(
    book: Book,
    code: str,
    holder: tuple[str, str],
    ratio: float,
    *,
    since: Values,
    capital: float = 100.0,
) -> None:
    """One row of shareholders; the holder is a number or company code, and a name."""
    book.add(
        "shareholders",
        company_uscc=[code],
        holder_id=holder[0],
        holder_name=holder[1],
        subscribed=round(capital * ratio, 2),
        ratio=ratio,
        from_date=since,
        to_date=np.datetime64("NaT", "D"),
    )


def write_holders(world: World, setup: NDArray[np.datetime64]) -> None:
    """Owners, partners, companies that hold companies, and a few circles."""
    firms, people, rng = world.firms, world.people, world.rng
    count = len(firms.code)
    since = np.datetime64("2015-01-01") + rng.integers(0, 3000, count).astype("timedelta64[D]")
    by_firm = np.arange(count) % 5 == 0
    upper = (np.arange(count) * 7 + 3) % count
    since = np.maximum(since, np.where(by_firm, np.maximum(setup, setup[upper]), setup))
    partner = people.spouse[firms.owner]
    share = np.where(by_firm, 0.6, np.where(partner >= 0, 0.7, 1.0))
    share[[n + more for n in _circles(count) for more in (0, 1)]] -= CIRCLE
    rows = [(firms.code, people.number[firms.owner], people.name[firms.owner], share, since)]
    held = by_firm & (upper != np.arange(count))
    rows.append(
        (
            firms.code[held],
            firms.code[upper[held]],
            firms.name[upper[held]],
            np.full(int(held.sum()), 0.4),
            since[held],
        )
    )
    shared = ~by_firm & (partner >= 0)
    wife = np.where(partner[shared] < 0, 0, partner[shared])
    rows.append(
        (
            firms.code[shared],
            people.number[wife],
            people.name[wife],
            np.full(int(shared.sum()), 0.3),
            since[shared],
        )
    )
    for code, holder, name, ratio, start in rows:
        world.book.add(
            "shareholders",
            company_uscc=code,
            holder_id=holder,
            holder_name=name,
            subscribed=ratio * 100,
            ratio=ratio,
            from_date=start,
            to_date=np.datetime64("NaT", "D"),
        )
    for first in _circles(count):
        for one, other in ((first, first + 1), (first + 1, first)):
            holding(
                world.book,
                str(firms.code[one]),
                (str(firms.code[other]), str(firms.name[other])),
                CIRCLE,
                since=max(CIRCLED, setup[one], setup[other]),
            )


def _circles(count: int) -> range:
    """Every first of two companies that hold a little of each other."""
    return range(1, min(count - 1, 12), 5)
