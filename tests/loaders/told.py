"""A few raw rows of a source, and all that must be known of them afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.loaders.identity import pseudonym

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.loaders.conftest import Office

REFUSED, UNKNOWN = "row refused", "field unknown"


@dataclass(frozen=True)
class Case:
    """Rows of one source and what they tell.

    Attributes:
        header: Headers, divided by commas.
        rows: Lines; ``{0}``, ``{1}``, … are people's numbers.
        facts: For a label, or a relation with its two labels, some properties of each fact;
            ``p0``, ``p1``, … are people's pseudonyms, days are text.
        amiss: Line, field, reason and effect of all that is refused or unknown.
    """

    slug: str
    header: str
    rows: Sequence[str]
    facts: Mapping[str, Sequence[Mapping[str, Any]]]
    amiss: Sequence[tuple[int, str, str, str]] = field(default=())


def must_tell(office: Office, people: list[str], case: Case) -> None:
    """Deliver the rows; assert the facts, no more and no fewer, and what is amiss."""
    text = "\n".join([case.header, *(row.format(*people) for row in case.rows)])
    receipt = office.deliver({f"{case.slug}.csv": text})
    assert receipt.exit_code == 0, receipt.messages
    assert office.quarantine() == sorted(case.amiss)
    for name, expected in case.facts.items():
        must_hold(office, people, name, expected)


def must_hold(
    office: Office, people: list[str], name: str, expected: Sequence[Mapping[str, Any]]
) -> None:
    """Assert that the facts of a label or relation are the expected ones, in any order."""
    triple = name.split()
    found = office.links(*triple) if len(triple) > 1 else office.nodes(name)
    wanted = [{k: _named(office, people, v) for k, v in one.items()} for one in expected]
    told = [{k: _text(v) for k, v in one.items()} for one in found]
    for one in wanted:
        match = next((t for t in told if one.items() <= t.items()), None)
        assert match is not None, (name, one, told)
        told.remove(match)
    assert told == [], name


def _named(office: Office, people: list[str], value: object) -> object:
    """``p0`` as the pseudonym of the first person."""
    if isinstance(value, str) and value[:1] == "p" and value[1:].isdigit():
        key = (office.home / "keys" / "pid.key").read_bytes()
        return pseudonym(key, "person", people[int(value[1:])])
    return value


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
