"""Every look at leads and households leaves an entry in the access log, before it is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doudi.stages import Line

_NOT_IN_A_SUBJECT = re.compile(r"[^\w:.-]")


def note_look(
    line: Line, *, purpose: str, subject: str, fields: Sequence[str], count: int, who: str = ""
) -> None:
    """Write who looked at what, and what for, into the access log.

    Args:
        line: The home whose ledger keeps the log.
        purpose: What for, without personal data.
        subject: A lead, a case number, a query's SHA-256, or :func:`list_subject`.
        fields: Names of what is shown.
        count: Rows that are shown, 0 or more.
        who: Account of the person; the machine's user where it is empty.

    Raises:
        LedgerError: if the entry holds personal data, or the ledger cannot be written. Nothing may
            be shown then.
    """
    from doudi.casework.access import record
    from doudi.casework.ledger import Ledger

    with Ledger.open(line.home.ledger_url) as ledger:
        record(ledger, who or line.who, purpose, subject, fields, count)


def list_subject(what: str, filters: Mapping[str, str | None] | None = None) -> str:
    """The subject of a look at a list: what was listed, and how it was narrowed down.

    >>> list_subject("leads", {"township": "539901001000", "state": None})
    'leads/township:539901001000'
    """
    parts = [f"{name}:{value}" for name, value in (filters or {}).items() if value]
    return "/".join([what, *(_NOT_IN_A_SUBJECT.sub("_", part) for part in parts)])
