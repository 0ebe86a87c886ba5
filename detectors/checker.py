"""The rules of a query that can be checked without running it, and EXPLAIN on a server.

What is checked, and why, is told in ``docs/add-a-detector.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.detectors.entries import Problem, problem
from doudi.detectors.header import ClearingCheck, Detector
from doudi.detectors.patterns import Variables, variables
from doudi.detectors.tokens import Query, read_query, returned
from doudi.graph.errors import DetectorError, QueryError, joined
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doudi.detectors.catalogue import Catalogue
    from doudi.graph.connection import Connection

_WRITES = ("CREATE", "MERGE", "SET", "DELETE", "DETACH", "REMOVE", "FOREACH", "DROP", "ALTER")
_INTERNAL = frozenset({"id", "elementid"})
_LIBRARIES = frozenset({"apoc", "gds"})

ALLOWED_NOTIFICATIONS: dict[str, str] = {
    "Neo.ClientNotification.Statement.ExhaustiveShortestPath": "depth is bounded by rule 4",
    "Neo.ClientNotification.Statement.RuntimeUnsupported": "the server falls back to another one",
    "Neo.ClientNotification.Schema.HintedIndexNotFound": "hints are advice",
}
"""Notifications that are no error, each with its reason."""

_NAME_WARNINGS = (
    "UnknownPropertyKeyWarning",
    "UnknownLabelWarning",
    "UnknownRelationshipTypeWarning",
)


def check(item: Detector | ClearingCheck) -> list[Problem]:
    """What is wrong with a query, by the rules of the house; empty when nothing is."""
    query = read_query(item.query, first_line=item.query_line)
    known = variables(query)
    problems = [
        *_forbidden(query),
        *_unbounded(query),
        *_unlabelled(known),
        *_names(known),
        *_endings(query, known),
    ]
    if isinstance(item, Detector):
        text = item.eligible_query()
        eligible = read_query(text, first_line=item.lines.get("eligible", 1))
        found = [*_forbidden(eligible), *_names(variables(eligible))]
        line = item.lines.get("eligible.match", item.lines.get("eligible", 1))
        problems += [Problem(line, joined(["eligible", one.text], "：", ": ")) for one in found]
    return problems


def _forbidden(query: Query) -> Iterator[Problem]:
    for index, token in enumerate(query.tokens):
        before, after = query.at(index - 1), query.at(index + 1)
        if token.kind != "name" or before.is_sign(".", ":", "|", "&"):
            continue
        if token.is_word(*_WRITES) and not _is_key(query, index):
            yield problem(token.line, "writes", word=token.text)
        elif token.is_word("LOAD"):
            yield problem(token.line, "load")
        elif token.is_word("CALL") and not after.is_sign("(", "{"):
            yield problem(token.line, "procedure")
        elif token.is_word("TRANSACTIONS"):
            yield problem(token.line, "transactions")
        elif token.text.lower() in _INTERNAL and after.is_sign("("):
            yield problem(token.line, "internal", word=token.text)
        elif token.text.lower() in _LIBRARIES and after.is_sign("."):
            yield problem(token.line, "library", word=token.text)
        elif token.is_word("LIMIT", "SKIP", "OFFSET") and not _is_key(query, index):
            yield problem(token.line, "hides", word=token.text)


def _is_key(query: Query, index: int) -> bool:
    return query.at(index + 1).is_sign(":") and query.at(index - 1).is_sign("{", ",")


def _unbounded(query: Query) -> Iterator[Problem]:
    """Variable-length patterns without an upper bound, in either notation."""
    for index, token in enumerate(query.tokens):
        if token.is_sign("*") and _in_relation(query, index):
            high = query.at(index + 1)
            if high.kind == "number" and query.at(index + 2).is_sign(".."):
                high = query.at(index + 3)
            elif high.is_sign(".."):
                high = query.at(index + 2)
            if high.kind != "number":
                yield problem(token.line, "unbounded", sign="*")
        elif _quantifies(query, index):
            if token.is_sign("+", "*"):
                yield problem(token.line, "unbounded_sign", sign=token.text)
            elif token.is_sign("{") and query.at(query.closes.get(index, -1) - 1).is_sign(","):
                yield problem(token.line, "unbounded", sign="{n,}")


def _in_relation(query: Query, index: int) -> bool:
    around = query.around[index]
    return around >= 0 and query.at(around).is_sign("[") and query.at(around - 1).is_sign("-")


def _quantifies(query: Query, index: int) -> bool:
    """Whether the token follows a relation or a bracketed path, where a quantifier stands."""
    before = query.at(index - 1)
    if before.is_sign(">"):
        return query.at(index - 2).is_sign("-") and query.at(index - 3).is_sign("]")
    if before.is_sign("-"):
        return query.at(index - 2).is_sign("]")
    if not before.is_sign(")"):
        return False
    opened = next((o for o, c in query.closes.items() if c == index - 1), -1)
    inside = range(opened + 1, index - 1)
    return any(query.at(i).is_sign("[") and query.at(i - 1).is_sign("-") for i in inside)


def _unlabelled(known: Variables) -> Iterator[Problem]:
    for line, name in known.unlabelled:
        node = (f"节点 {name} ", f"node {name}") if name else ("有节点", "a node")
        yield problem(line, "no_label", node=node)
    for line, name in known.untyped:
        relation = (f"关系 {name} ", f"relation {name}") if name else ("有关系", "a relation")
        yield problem(line, "no_type", relation=relation)
    for line in known.apart:
        yield problem(line, "apart")


def _names(known: Variables) -> Iterator[Problem]:
    declared = schema()
    for token in known.label_tokens:
        if token.text.strip("`") not in declared.nodes:
            yield problem(token.line, "label", name=token.text)
    for token in known.type_tokens:
        if token.text.strip("`") not in declared.relations:
            yield problem(token.line, "relation", name=token.text)
    for variable, token in known.property_uses:
        allowed = _properties(known, variable)
        if allowed is not None and token.text.strip("`") not in allowed:
            kind = known.kind_of(variable)
            yield problem(token.line, "property", kind=kind, name=token.text)


def _properties(known: Variables, variable: str) -> set[str] | None:
    """Names a pattern variable may be asked for; None where nothing is known of it."""
    if variable in known.rebound:
        return None
    declared = schema()
    nodes, relations = declared.nodes, declared.relations
    labels = [nodes[name] for name in known.labels.get(variable, ()) if name in nodes]
    types = [relations[name] for name in known.types.get(variable, ()) if name in relations]
    if not labels and not types:
        return None
    own = {prop.name for kind in labels for prop in kind.properties}
    own |= {prop.name for kind in types for prop in kind.properties}
    return own | {prop.name for prop in declared.common} | ({"id"} if labels else set())


def _endings(query: Query, known: Variables) -> Iterator[Problem]:
    columns = returned(query)
    last = query.tokens[-1].line if query.tokens else 1
    if not columns:
        yield problem(last, "returns_nothing")
        return
    for column in columns:
        if column.is_bare and (column.variable in known.labels or column.variable in known.types):
            yield problem(column.line, "whole", name=column.variable)
    at_end = [i for i, t in enumerate(query.tokens) if t.is_word("RETURN") and query.is_top(i)][-1]
    tail = range(at_end, len(query.tokens))
    if not any(query.at(i).is_word("ORDER") and query.is_top(i) for i in tail):
        yield problem(query.tokens[at_end].line, "order")


@dataclass(frozen=True, slots=True)
class Explained:
    """What a server says about one query: nothing is best.

    Attributes:
        code: Of a notification; empty for a refusal.
    """

    file: str
    code: str
    text: str


def explain_all(connection: Connection, catalogue: Catalogue) -> list[Explained]:
    """EXPLAIN every query of a catalogue on a server; its notifications are errors.

    Args:
        connection: A running server; its indexes should be those of a built graph.
        catalogue: The detectors and clearing checks.

    Returns:
        Each refusal and each notification that is not in :data:`ALLOWED_NOTIFICATIONS`.
    """
    found: list[Explained] = []
    items: list[Detector | ClearingCheck] = [*catalogue.detectors, *catalogue.clearing.values()]
    for item in items:
        for text in _queries(item):
            found += _explain(connection, item, text)
    return found


def _queries(item: Detector | ClearingCheck) -> tuple[str, ...]:
    return (item.query, item.eligible_query()) if isinstance(item, Detector) else (item.query,)


def _explain(
    connection: Connection, item: Detector | ClearingCheck, text: str
) -> Iterator[Explained]:
    given: dict[str, object] = {param.name: param.default for param in item.params}
    given |= dict.fromkeys(("households", "hits", "as_of", "as_of_end"))
    try:
        notifications = connection.explain(text, given)
    except QueryError as error:
        yield Explained(item.file, "", error.found)
        return
    for said in notifications:
        if said.code not in ALLOWED_NOTIFICATIONS:
            yield Explained(item.file, said.code, f"{said.code}: {said.description}")


def require_explained(connection: Connection, catalogue: Catalogue) -> None:
    """Raise what :func:`explain_all` finds on an office's graph.

    A name that this graph does not hold yet is no mistake: names are compared with the schema when
    the file is read.

    Raises:
        DetectorError: naming each file and what the server said.
    """
    found = [e for e in explain_all(connection, catalogue) if not e.code.endswith(_NAME_WARNINGS)]
    if found:
        raise DetectorError(
            joined(f"{said.file}: {said.text}" for said in found),
            where="EXPLAIN",
            expected=(
                "服务器制定计划时不出提示的查询",
                "a query that the server plans without a notification",
            ),
            next_step=(
                "改正该文件；可用 doudi neo4j browser 查看执行计划",
                "mend the file; doudi neo4j browser shows the plan",
            ),
        )
