"""Pictures of one lead, as self-contained SVG: the path through the graph, and the months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from doudi.evidence import Edge
    from doudi.graph.errors import Lang

COLOURS = {
    "Household": "#1f5f8b",
    "Person": "#3a7d44",
    "Benefit": "#7a5195",
    "Account": "#7a5195",
}
OTHER_COLOUR = "#b5651d"
STEP_X, STEP_Y, MARGIN = 210, 92, 62
MONTHS_SHOWN = 36

Node = tuple[str, str]
"""Label and id: a household and its benefit have the same id in the household's register."""


@dataclass(frozen=True)
class Dot:
    """A node in the picture: where, in which colour, with which words."""

    x: float
    y: float
    colour: str
    title: str
    name: str


@dataclass(frozen=True)
class Line:
    """An edge in the picture."""

    x1: float
    y1: float
    x2: float
    y2: float
    title: str
    dashed: bool

    @property
    def middle(self) -> tuple[float, float]:
        """Where the words go."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2 - 6


@cache
def templates() -> Environment:
    """The templates of pictures and pages; everything is escaped by default."""
    from jinja2 import Environment, FunctionLoader

    folder = files("doudi") / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def short(node_id: str) -> str:
    """An id as people can compare it: the case number, or the first eight characters.

    >>> short("dibao_household_register/DB0001")
    'DB0001'
    >>> short("person:ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    'ABCDEFGH…'
    """
    tail = node_id.removeprefix("person:").rsplit("/", 1)[-1]
    return tail if len(tail) <= 20 else f"{tail[:8]}…"  # noqa: PLR2004 - what fits under a dot


def _ends(edge: Edge) -> tuple[Node, Node]:
    return (edge.start_label, edge.start), (edge.end_label, edge.end)


def _layers(edges: Sequence[Edge], about: str) -> dict[Node, tuple[int, int]]:
    """Column and row of every node: its distance from the household, then order of appearance."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_edges_from(_ends(edge) for edge in edges)
    household = ("Household", about)
    start = household if household in graph else next(iter(graph))
    distance = nx.single_source_shortest_path_length(graph, start)
    far = max(distance.values(), default=0) + 1
    rows: dict[int, int] = {}
    place: dict[Node, tuple[int, int]] = {}
    for node in graph:  # a dozen nodes of one lead
        column = distance.get(node, far)
        place[node] = (column, rows.get(column, 0))
        rows[column] = rows.get(column, 0) + 1
    return place


def _dot(node: Node, place: tuple[int, int], lang: Lang) -> Dot:
    label, name = node
    declared = schema().nodes.get(label)
    title = declared.zh if declared and lang == "zh" else label
    x, y = MARGIN + place[0] * STEP_X, MARGIN + place[1] * STEP_Y
    return Dot(x, y, COLOURS.get(label, OTHER_COLOUR), title, short(name))


def _line(edge: Edge, dots: dict[Node, Dot], lang: Lang) -> Line:
    declared = schema().relations.get(edge.type)
    title = declared.zh if declared and lang == "zh" else edge.type
    a, b = (dots[node] for node in _ends(edge))
    return Line(a.x, a.y, b.x, b.y, title, dashed=edge.source == "derived")


def path_svg(edges: Sequence[Edge], *, about: str, lang: Lang = "zh") -> str:
    """The path of a lead from its household on, left to right; derived ties are dashed.

    Args:
        edges: The evidence, each edge once.
        about: Graph id of the household the lead is about.
        lang: Language of the words.
    """
    if not edges:
        return ""
    place = _layers(edges, about)
    dots = {node: _dot(node, spot, lang) for node, spot in place.items()}
    lines = [_line(edge, dots, lang) for edge in edges]
    width = max(dot.x for dot in dots.values()) + MARGIN + 60
    height = max(dot.y for dot in dots.values()) + MARGIN
    page = templates().get_template("path.svg.html")
    return page.render(dots=list(dots.values()), lines=lines, width=width, height=height)


@dataclass(frozen=True)
class Strip:
    """One row of the month strip: its words, and for each month whether it is filled."""

    title: str
    kind: str
    cells: list[bool]


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from ``first`` to ``last``, both counted.

    >>> len(months_between(date(2025, 11, 1), date(2026, 2, 1)))
    4
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [date((start + i) // 12, (start + i) % 12 + 1, 1) for i in range(count)]


def months_svg(
    paid: Sequence[date],
    facts: Sequence[tuple[str, date, date | None]],
    *,
    until: date,
    lang: Lang = "zh",
) -> str:
    """The month strip: paid months above, each contradicting fact below, month by month.

    Args:
        paid: First days of paid months.
        facts: Words, first day and day after the last (None: lasts) of each fact.
        until: First day of the last month shown.
        lang: Language of the words.
    """
    starts = [*paid, *(first for _, first, _ in facts)]
    last = max([until, *paid])
    first = max(min(starts, default=last), _months_back(last, MONTHS_SHOWN - 1))
    months = months_between(first.replace(day=1), last)
    rows = [Strip("已发放" if lang == "zh" else "paid", "paid", [m in set(paid) for m in months])]
    rows += [
        Strip(title, "fact", [start <= m and (end is None or m < end) for m in months])
        for title, start, end in facts
    ]
    page = templates().get_template("months.svg.html")
    return page.render(months=months, rows=rows)


def _months_back(month: date, count: int) -> date:
    total = month.year * 12 + month.month - 1 - count
    return date(total // 12, total % 12 + 1, 1)
