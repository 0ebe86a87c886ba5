"""One lead as it is shown: what detection said, and where people brought it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

    from doudi.casework.tables import Lead


@dataclass(frozen=True, slots=True)
class LeadCard:
    """One lead with its state, as the ledger has it.

    ``exposure_cny`` is the largest possible amount in the months of overlap, never a debt; ``None``
    where a leak misses help of an unknown amount. ``seq``
    is the number of the last step; hand it back as ``expected_seq`` to decide on what was shown.
    """

    lead_id: str
    register: str
    household_id: str
    direction: str
    area_code: str
    township: str | None
    detectors: tuple[str, ...]
    strength: str
    months: int
    exposure_cny: Decimal | None
    net_picture: str
    priority: int
    stale: bool
    state: str
    outcome: str | None
    assignee: str | None
    first_run: str
    last_run: str
    seen: bool
    seen_again: bool
    seq: int


def card_of(lead: Lead) -> LeadCard:
    """The card of a row of the ledger."""
    values: dict[str, Any] = {name: getattr(lead, name) for name in LeadCard.__slots__}
    values["detectors"] = tuple(lead.detectors)
    return LeadCard(**values)
