"""What the patterns of a query bind: variables with their labels or types, and property uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.detectors.tokens import Query, Token

_NAMES = ("name", "quoted")
_CLAUSES = (
    "MATCH", "WHERE", "WITH", "RETURN", "UNWIND", "CALL", "OPTIONAL", "UNION", "ORDER",
)  # fmt: skip


@dataclass(slots=True)
class Variables:
    """What a query's patterns say.

    Attributes:
        labels: Node variable to the labels it is matched with.
        types: Relation variable to the types it is matched with.
        label_tokens: Every label written.
        type_tokens: Every relation type written.
        property_uses: (variable, property token) of every ``x.name`` and ``(x {name: …})``.
        rebound: Names that are also bound to something other than a node or relation.
        unlabelled: (line, variable) of nodes without label that nothing bound before.
        untyped: (line, variable) of relations without type.
        apart: Lines of patterns that share no variable with what came before.
    """

    labels: dict[str, set[str]] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=dict)
    label_tokens: list[Token] = field(default_factory=list)
    type_tokens: list[Token] = field(default_factory=list)
    property_uses: list[tuple[str, Token]] = field(default_factory=list)
    rebound: set[str] = field(default_factory=set)
    unlabelled: list[tuple[int, str]] = field(default_factory=list)
    untyped: list[tuple[int, str]] = field(default_factory=list)
    apart: list[int] = field(default_factory=list)

    def kind_of(self, variable: str) -> str:
        """The labels or types of a variable, for a message."""
        return "|".join(sorted(self.labels.get(variable, set()) | self.types.get(variable, set())))


def variables(query: Query) -> Variables:
    """Read the patterns of a query.

    >>> from doudi.detectors.tokens import read_query
    >>> variables(read_query("MATCH (p:Person)-[o:OWNS]->(v:Vehicle) RETURN v.id AS id")).labels
    {'p': {'Person'}, 'v': {'Vehicle'}}
    """
    found = Variables()
    bound: set[str] = set()
    for index, token in enumerate(query.tokens):
        if token.is_sign("(") and _is_node(query, index):
            _node(query, index, found, bound)
        elif token.is_sign("[") and query.at(index - 1).is_sign("-"):
            _relation(query, index, found, bound)
        elif _is_bare_relation(query, index):
            found.untyped.append((token.line, ""))
        elif token.is_word("AS"):
            bound.add(query.at(index + 1).text.strip("`"))
            if query.at(index - 1).text != query.at(index + 1).text:
                found.rebound.add(query.at(index + 1).text.strip("`"))
        elif token.is_word("IN") and query.at(index - 2).is_sign("(", "[", ","):
            bound.add(query.at(index - 1).text.strip("`"))
            found.rebound.add(query.at(index - 1).text.strip("`"))
    _labels_elsewhere(query, found)
    _dotted(query, found)
    _apart(query, found)
    return found


def _is_node(query: Query, index: int) -> bool:
    """Whether a round bracket is a node of a pattern rather than a call or a grouping."""
    before, end = query.at(index - 1), query.closes.get(index, -1)
    after = query.at(end + 1)
    ends_relation = before.is_sign(">", "-") and (
        query.at(index - 2).is_sign("-", "]") or _is_quantifier_end(query, index - 1)
    )
    starts_relation = (after.is_sign("-") and query.at(end + 2).is_sign("[", "-")) or (
        after.is_sign("<") and query.at(end + 2).is_sign("-")
    )
    alone = before.is_word("MATCH") or (
        before.is_sign("=", ",", "{") and _begins_node(query, index)
    )
    if before.kind in _NAMES and not before.is_word("MATCH", "WHERE", "AND", "OR", "NOT", "XOR"):
        return False
    return (ends_relation or starts_relation or alone) and _begins_node(query, index)


def _is_quantifier_end(query: Query, index: int) -> bool:
    return query.at(index).is_sign("}", "+", "*")


def _begins_node(query: Query, index: int) -> bool:
    """Whether what follows the bracket is ``)``, ``:``, ``{`` or a name before one of those."""
    first, second = query.at(index + 1), query.at(index + 2)
    if first.is_sign(")", ":", "{"):
        return True
    return first.kind in _NAMES and (second.is_sign(")", ":", "{") or second.is_word("WHERE"))


def _is_bare_relation(query: Query, index: int) -> bool:
    """``--``, ``-->`` or ``<--`` between two nodes."""
    return (
        query.at(index).is_sign("-")
        and query.at(index + 1).is_sign("-")
        and (query.at(index - 1).is_sign(")") or query.at(index - 2).is_sign(")"))
    )


def _labels_after(query: Query, index: int) -> list[Token]:
    """The names of a label expression that begins at a colon."""
    names: list[Token] = []
    position = index
    while query.at(position).is_sign(":", "|", "&", "!", "%") or query.at(position).kind in _NAMES:
        token = query.at(position)
        if token.kind in _NAMES:
            if token.is_word(*_CLAUSES) or not query.at(position - 1).is_sign(":", "|", "&", "!"):
                break
            names.append(token)
        position += 1
    return names


def _variable(query: Query, index: int) -> str:
    token = query.at(index + 1)
    return token.text.strip("`") if token.kind in _NAMES else ""


def _node(query: Query, index: int, found: Variables, bound: set[str]) -> None:
    name = _variable(query, index)
    after = index + 2 if name else index + 1
    labels = _labels_after(query, after) if query.at(after).is_sign(":") else []
    found.label_tokens += labels
    if labels and name:
        found.labels.setdefault(name, set()).update(t.text.strip("`") for t in labels)
    elif not labels and name not in bound:
        found.unlabelled.append((query.at(index).line, name))
    if name:
        bound.add(name)
    _inline(query, index, name, {t.text.strip("`") for t in labels}, found)


def _relation(query: Query, index: int, found: Variables, bound: set[str]) -> None:
    name = _variable(query, index)
    after = index + 2 if name else index + 1
    types = _labels_after(query, after) if query.at(after).is_sign(":") else []
    found.type_tokens += types
    if not types and name not in found.types:
        found.untyped.append((query.at(index).line, name))
    if name:
        bound.add(name)
        found.types.setdefault(name, set()).update(t.text.strip("`") for t in types)
    _inline(query, index, name, {t.text.strip("`") for t in types}, found)


def _inline(query: Query, index: int, name: str, kinds: set[str], found: Variables) -> None:
    """Property names of the map inside a node or relation."""
    for at in range(index + 1, query.closes.get(index, index)):
        if query.at(at).is_sign(":") and query.at(at - 1).kind in _NAMES:
            inner = query.around[at]
            if query.at(inner).is_sign("{") and query.around[inner] == index:
                holder = name or f"anonymous {index}"
                target = found.types if query.at(index).is_sign("[") else found.labels
                target.setdefault(holder, set()).update(kinds)
                found.property_uses.append((holder, query.at(at - 1)))


def _labels_elsewhere(query: Query, found: Variables) -> None:
    """Labels of predicates such as ``WHERE x:Person``."""
    seen = {id(token) for token in (*found.label_tokens, *found.type_tokens)}
    for index, token in enumerate(query.tokens):
        name = query.at(index - 1).text.strip("`")
        if token.is_sign(":") and (name in found.labels or name in found.types):
            is_key = query.at(query.around[index]).is_sign("{") and query.at(index - 2).is_sign(
                "{", ","
            )
            if is_key:
                continue
            fresh = [t for t in _labels_after(query, index) if id(t) not in seen]
            target = found.type_tokens if name in found.types else found.label_tokens
            target += fresh


def _dotted(query: Query, found: Variables) -> None:
    for index, token in enumerate(query.tokens):
        if token.is_sign(".") and query.at(index + 1).kind in _NAMES:
            before = query.at(index - 1)
            if before.kind in _NAMES and not query.at(index - 2).is_sign("."):
                found.property_uses.append((before.text.strip("`"), query.at(index + 1)))


def _apart(query: Query, found: Variables) -> None:
    """Patterns of MATCH clauses at the top that share no variable with anything before them."""
    bindable = {*found.labels, *found.types, *found.rebound}
    seen: set[str] = set()
    for index, token in enumerate(query.tokens):
        if token.is_word("MATCH") and query.is_top(index):
            end = _clause_end(query, index + 1)
            clause = {query.at(i).text.strip("`") for i in range(index, end)}
            for part in _parts(query, index + 1, end):
                here = _pattern_names(query, part)
                if seen and not (here & seen) and not (clause & seen):
                    found.apart.append(query.at(part.start).line)
                seen |= here
        elif token.kind in _NAMES and token.text.strip("`") in bindable:
            seen.add(token.text.strip("`"))


def _clause_end(query: Query, start: int) -> int:
    """Index of the next clause at the top; a WHERE belongs to its MATCH."""
    for index in range(start, len(query.tokens)):
        if query.is_top(index) and query.at(index).is_word(*_CLAUSES):
            if query.at(index).is_word("WHERE") or query.at(index - 1).is_word("STARTS", "ENDS"):
                continue
            return index
    return len(query.tokens)


def _parts(query: Query, start: int, end: int) -> list[range]:
    """The comma-separated paths of a MATCH, its WHERE with the last."""
    cuts = [start]
    for index in range(start, end):
        if query.is_top(index) and query.at(index).is_word("WHERE"):
            break
        if query.is_top(index) and query.at(index).is_sign(","):
            cuts.append(index + 1)
    return [range(a, b) for a, b in zip(cuts, [*cuts[1:], end], strict=True)]


def _pattern_names(query: Query, part: range) -> set[str]:
    """Variables of nodes and relations in a stretch of tokens."""
    return {
        _variable(query, index)
        for index in part
        if (query.at(index).is_sign("(") and _is_node(query, index))
        or (query.at(index).is_sign("[") and query.at(index - 1).is_sign("-"))
    } - {""}
