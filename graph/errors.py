"""Everything doudi raises, in one tree.

::

    DoudiError                       exit code 1 unless a class says otherwise
    ├── UsageError                   2: the command was typed or called wrongly
    │   ├── UnknownName              2: a name that is not known; offers the nearest
    │   └── FutureAsOf               2: an as-of month after the last delivered one
    ├── SettingsError                2: doudi.toml or the environment is wrong
    ├── HomeError                    1: the home folder cannot be read or written
    ├── SchemaError                  1: a label, relation or property is not declared
    ├── SourceError                  1: a source's TOML is wrong
    ├── FeedStopped                  3: one file of a delivery was refused as a whole
    ├── DeliveryError                1: a delivery folder cannot be read
    ├── DetectorError                1: a detector's header or query is wrong
    ├── ReceiptError                 1: a receipt cannot be replayed
    ├── PolicyError                  1: a parameter is missing for an area and month
    ├── RankingError                 1: there is too little to learn from
    ├── LedgerError                  1: a decision the state machine does not allow
    └── ServerError                  1: Neo4j could not be started or reached
        ├── JarsUnavailable          1: the server's jars cannot be fetched or are altered
        ├── ServerUnreachable        1: a URI does not answer
        ├── ServerRefused            1: the server refused the credentials
        ├── PortTaken                1: a port that was asked for is in use
        └── QueryError               1: a query was refused or stopped by the server
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class DoudiError(Exception):
    """A problem said in the terms of the person who can mend it.

    Args:
        found: What was found, without personal data.
        where: File and line, household, setting or address it concerns.
        expected: What would have been right.
        next_step: What to do now.
    """

    exit_code: int = 1

    def __init__(
        self, found: str, *, where: str = "", expected: str = "", next_step: str = ""
    ) -> None:
        """Keep the four parts apart, so that machines can read them too."""
        super().__init__(found)
        self.found = found
        self.where = where
        self.expected = expected
        self.next_step = next_step

    def __str__(self) -> str:
        """One message: where, what, expected, next."""
        head = f"{self.where}: {self.found}" if self.where else self.found
        parts = [head]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        return "; ".join(parts)


class UsageError(DoudiError):
    """The command was typed, or the function called, wrongly."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not known."""

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, where: str = "") -> UnknownName:
        """An error that offers the nearest of the known names."""
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(names[:12])}"
        return cls(f"unknown {kind} {name!r}", where=where, expected=hint)


class FutureAsOf(UsageError):
    """An as-of month later than anything delivered."""


class SettingsError(DoudiError):
    """The settings file or the environment is wrong."""

    exit_code = 2


class HomeError(DoudiError):
    """The home folder cannot be read or written."""


class SchemaError(DoudiError):
    """A label, relation or property that the schema does not declare."""


class SourceError(DoudiError):
    """A source declaration that cannot be used."""


class FeedStopped(DoudiError):
    """One file of a delivery was refused as a whole; the others go on."""

    exit_code = 3


class DeliveryError(DoudiError):
    """A delivery folder that cannot be read."""


class DetectorError(DoudiError):
    """A detector's header or query breaks a rule."""


class ReceiptError(DoudiError):
    """A receipt that cannot be replayed."""


class PolicyError(DoudiError):
    """A policy parameter is missing or ambiguous for an area and month."""


class RankingError(DoudiError):
    """There is too little, or the wrong kind of, data to rank on."""


class LedgerError(DoudiError):
    """A decision that the lead's state machine does not allow."""


class ServerError(DoudiError):
    """Neo4j could not be started, reached or used."""


class JarsUnavailable(ServerError):
    """The server's jars cannot be fetched, or differ from the lock."""


class ServerUnreachable(ServerError):
    """A server address that does not answer."""


class ServerRefused(ServerError):
    """The server refused the user name or password."""


class PortTaken(ServerError):
    """A port that was asked for is used by another program."""


class QueryError(ServerError):
    """A query that the server refused or stopped."""
