"""A feed on the desk, between its reading and its writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.loaders.clean import Feed, Tally
    from doudi.loaders.modes import Delivery
    from doudi.loaders.read import Sheet
    from doudi.loaders.statements import Statement


@dataclass(frozen=True)
class Work:
    """A feed that was read, cleaned and settled; the rest of it is in the engine.

    Attributes:
        sheets: Its files, in the order of the parts.
        tallies: What was in each file.
        troubled: Parts with refused rows or unreadable fields.
        statement: What it says; None where the files hold no rows, and that says nothing.
    """

    feed: Feed
    delivery: Delivery
    sheets: dict[str, Sheet]
    tallies: list[Tally]
    troubled: list[int]
    statement: Statement | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self.statement is None

    @property
    def told(self) -> Statement:
        """What it says, where it says anything."""
        assert self.statement is not None  # noqa: S101 - asked only where there are rows
        return self.statement
