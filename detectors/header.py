"""The TOML header of a detector or a clearing check, and the query below it.

A file begins with ``// ---``, then TOML in ``//`` comments, then ``// ---`` again, then Cypher, so
that the whole file can be pasted into Neo4j Browser. What a header must say is the list of fields
of :class:`Detector` and :class:`ClearingCheck`; ``docs/add-a-detector.md`` shows one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from doudi.detectors.entries import Header, Param, Silence, Words, refuse
from doudi.detectors.tokens import read_query, returned
from doudi.graph.schema import GRADES, schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Direction = Literal["error", "leak"]
Strength = Literal["K1", "K2", "K3"]
Status = Literal["draft", "test", "stable", "retired"]
Recompute = Literal["", "over_line", "over_line_with_person"]

GIVEN = ("households", "as_of", "as_of_end")
"""What every detector gets: graph Household ids or null, first days of the month and the next."""

CLEARING_GIVEN = ("hits", "as_of", "as_of_end")
"""Parameters every clearing check gets."""

RETURNED = ("household", "person_id", "benefit", "fact_from", "fact_to", "evidence")
"""Columns every detector returns."""

OWN_COLUMNS = ("exposure_yuan_month", "also_paid")
"""Columns with a meaning of their own where a detector returns them: the exposure of a month where
it is not what was paid (a wrong amount, help that was missed), and the id of a second Benefit
whose months must be paid too."""

CLEARING_RETURNED = ("hit_id", "evidence")
"""Columns every clearing check returns."""

BUILT_IN_CLEARING = {
    "X07": ("重算后未超过标准", "the recomputed income is not over the line"),
    "X18": ("低于最小起点", "below the smallest exposure that is followed up"),
}
"""Checks that are arithmetic on months and need no pattern."""

_CODE = re.compile(r"X(0[1-9]|1\d|2[0-4])")
_IDENT = re.compile(r"[EL]\d\d|[A-Z][A-Z0-9_]{1,11}")


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector as its file states it.

    Attributes:
        sources: Slug of each source it reads, with the greatest age in days.
        needs: Derived relations that must exist.
        min_grade: Weakest identity grade an edge of the evidence may have.
        clearing: Codes of the checks that run on its hits.
        harmless: Innocent explanations, in words.
        blind: What it cannot see.
        returns: Columns of the query, in order.
        identity: Columns by which tomorrow's run recognises a hit.
        about: The column that names the node the hit is about.
        eligible: Cypher that counts the denominator, see :meth:`eligible_query`.
        recompute: Whether months count only where the recomputed income is over the line.
        ask: What to ask at the door.
        states: What contradicts what, with returned columns in braces.
        is_urgent: Whether a life, a child or a person alone is at stake.
    """

    id: str
    title: Words
    version: int
    status: Status
    strength: Strength
    direction: Direction
    sources: Mapping[str, int]
    needs: tuple[str, ...]
    min_grade: str
    basis: tuple[str, ...]
    clearing: tuple[str, ...]
    harmless: tuple[Words, ...]
    blind: tuple[Words, ...]
    returns: tuple[str, ...]
    identity: tuple[str, ...]
    about: str
    params: tuple[Param, ...]
    eligible: str
    recompute: Recompute
    ask: Words
    states: Words
    is_urgent: bool
    query: str
    file: str
    query_line: int
    lines: Mapping[str, int] = field(repr=False, compare=False)

    @property
    def stem(self) -> str:
        """The file's name without its ending, shared with its case file."""
        return self.file.rsplit("/", 1)[-1].removesuffix(".cypher")

    def eligible_query(self) -> str:
        """Cypher that returns the number of cases that could have matched, as ``eligible``.

        A header may give a whole query, or a pattern; of a pattern the distinct ``h`` (else ``b``,
        else ``p``) are counted.
        """
        text = self.eligible.strip()
        query = read_query(text)
        if any(token.is_word("RETURN") for token in query.tokens):
            return text
        names = {token.text for token in query.tokens if token.kind == "name"}
        counted = next((name for name in ("h", "b", "p") if name in names), "*")
        head = "" if query.at(0).is_word("MATCH") else "MATCH "
        what = "count(*)" if counted == "*" else f"count(DISTINCT {counted})"
        return f"{head}{text}\nRETURN {what} AS eligible"


@dataclass(frozen=True, slots=True)
class ClearingCheck:
    """An innocent explanation that is checked before a hit is shown.

    Attributes:
        id: Clearing code.
        explains: The explanation, in words.
        returns: Columns of the query, in order.
        silence: Sources whose silence the check takes for an answer, by slug.
    """

    id: str
    title: Words
    explains: Words
    params: tuple[Param, ...]
    returns: tuple[str, ...]
    silence: Mapping[str, Silence]
    query: str
    file: str
    query_line: int
    lines: Mapping[str, int] = field(repr=False, compare=False)

    @property
    def stem(self) -> str:
        """The file's name without its ending, shared with its case file."""
        return self.file.rsplit("/", 1)[-1].removesuffix(".cypher")


def parse_detector(
    text: str, *, file: str, direction: Direction, sources: Collection[str] | None = None
) -> Detector:
    """The detector a file states.

    Args:
        text: The file's text.
        file: Its name, for messages; its stem names the case file.
        direction: The folder it lies in.
        sources: Slugs of the declared sources; None leaves slugs unchecked.

    Raises:
        DetectorError: naming the file, and every problem with its line.
    """
    head = Header(file, text, sources)
    params = head.params()
    eligible = head.take("eligible", dict)
    detector = Detector(
        id=head.take("id", str),
        title=head.words("title"),
        version=head.take("version", int),
        status=head.one_of("status", get_args(Status)),  # type: ignore[arg-type]  # checked
        strength=head.one_of("strength", get_args(Strength)),  # type: ignore[arg-type]  # checked
        direction=direction,
        sources=head.sources_with_ages(),
        needs=head.texts("needs", []),
        min_grade=head.one_of("min_grade", GRADES),
        basis=head.texts("basis"),
        clearing=head.texts("clearing", []),
        harmless=head.phrases("harmless"),
        blind=head.phrases("blind"),
        returns=head.texts("returns"),
        identity=head.texts("identity"),
        about=head.take("about", str),
        params=params,
        eligible=str(eligible.get("match", "")),
        recompute=head.one_of("recompute", get_args(Recompute), ""),  # type: ignore[arg-type]  # checked
        ask=head.words("ask"),
        states=head.words("states"),
        is_urgent=head.take("urgent", bool, False),  # noqa: FBT003 - the default of the entry
        query=head.query_text,
        file=file,
        query_line=head.query_line,
        lines=head.lines,
    )
    _check_detector(head, detector)
    refuse(file, head.problems)
    return detector


def _check_detector(head: Header, detector: Detector) -> None:
    if detector.id and not _IDENT.fullmatch(detector.id):
        head.wrong("id", "id", id=detector.id)
    if detector.min_grade in {"possible", "name_only"}:
        head.wrong("min_grade", "grade", grade=detector.min_grade)
    for code in (code for code in detector.clearing if not _CODE.fullmatch(code)):
        head.wrong("clearing", "code", code=code)
    derived = {name for name, relation in schema().relations.items() if relation.derived}
    for name in (name for name in detector.needs if name not in derived):
        head.wrong("needs", "derived", name=name)
    _check_columns(head, detector)
    if not detector.eligible:
        head.wrong("eligible", "eligible")
    head.check_parameters(GIVEN, detector.params, detector.eligible)
    head.check_returns(detector.returns, RETURNED)
    head.leftover()


def _check_columns(head: Header, detector: Detector) -> None:
    """Columns that the header speaks of are declared."""
    in_words = re.findall(r"\{(\w+)\}", f"{detector.states.zh} {detector.states.en}")
    named = {"identity": detector.identity, "about": (detector.about,), "states": in_words}
    for key, names in named.items():
        for name in names:
            if name and name not in detector.returns:
                head.wrong(key, "not_returned", name=name)


def parse_clearing(
    text: str, *, file: str, sources: Collection[str] | None = None
) -> ClearingCheck:
    """The clearing check a file states.

    Raises:
        DetectorError: naming the file, and every problem with its line.
    """
    head = Header(file, text, sources)
    columns = [column.name for column in returned(head.query) if column.name]
    explains = head.words("explains")
    check = ClearingCheck(
        id=head.take("id", str),
        title=head.words("title"),
        explains=explains,
        params=head.params(),
        returns=head.texts("returns", columns),
        silence=head.silences(columns),
        query=head.query_text,
        file=file,
        query_line=head.query_line,
        lines=head.lines,
    )
    if check.id and not _CODE.fullmatch(check.id):
        head.wrong("id", "clearing_id", id=check.id)
    if check.id in BUILT_IN_CLEARING:
        head.wrong("id", "built_in", id=check.id)
    head.check_parameters(CLEARING_GIVEN, check.params, "")
    head.check_returns(check.returns, CLEARING_RETURNED)
    head.leftover()
    refuse(file, head.problems)
    return check
