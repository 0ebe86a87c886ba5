"""Bank cards of social security, and telephones: what nearly everybody has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth.people import YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

PHONES, TOLD = np.datetime64("2013-01-01"), np.datetime64("2026-04-28")
"""Since when telephones stand in the register, and the day it was written out."""
GROWN = 16
"""Age from which somebody has a telephone in the own name."""


def write_lines(world: World) -> None:
    """Social-security cards of everyone, telephones of adults."""
    people, rng = world.people, world.rng
    own = np.flatnonzero(people.home >= 0)
    opened = np.maximum(people.birth[own] + np.timedelta64(200, "D"), np.datetime64("2012-03-01"))
    opened = np.minimum(opened + rng.integers(0, 30, len(own)).astype("timedelta64[D]"), TOLD)
    world.book.add(
        "social_security_card",
        person_id=people.number[own],
        card_hash=people.account[own],
        bank=rng.choice(["农村商业银行", "农业银行", "邮政储蓄银行"], len(own)),
        status="正常",
        opened=opened,
        agent_id="",
        name=people.name[own],
    )
    adult = own[people.age()[own] >= GROWN]
    drawn: NDArray[Any] = PHONES + rng.integers(0, 4000, len(adult)).astype("timedelta64[D]")
    begun = people.birth[adult] + np.timedelta64(round(GROWN * YEAR), "D")
    begun = np.maximum(begun, PHONES)
    ends = people.death[adult]
    ends = np.where(np.isnat(ends) | (ends > TOLD), TOLD, ends)
    span = np.maximum((ends - begun).astype(np.int64), 1)
    moved = begun + ((drawn - PHONES).astype(np.int64) % span).astype("timedelta64[D]")
    since = np.where((begun <= drawn) & (ends > drawn), drawn, moved)
    kept = begun < ends
    world.book.add(
        "mobile_registration",
        phone_hash=people.phone[adult[kept]],
        holder_id=people.number[adult[kept]],
        status="正常",
        from_date=since[kept],
    )
