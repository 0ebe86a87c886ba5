"""Evidence receipts, read back as objects: edges, months, what was ruled out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doudi.graph.errors import Lang


@dataclass(frozen=True)
class Edge:
    """One relation a hit rests on.

    Attributes:
        role: ``path``, ``derived_from``, ``payment`` or ``clearing``.
        rows: Source rows as ``batch:line``, divided by commas.
    """

    role: str
    type: str
    start_label: str
    start: str
    end_label: str
    end: str
    valid_from: date | None
    valid_to: date | None
    source: str
    rows: str
    grade: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class RuledOut:
    """An innocent explanation that was found, with the months it clears."""

    code: str
    months: int
    reasons: dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """One hit's receipt.

    Attributes:
        months: First days of the months that count, with their exposure in CNY.
        checked: Clearing codes that were checked.
        facts: First day and day after the last of the contradicting fact.
    """

    hit_id: str
    detector: str
    sentence_zh: str
    sentence_en: str
    household: str
    edges: tuple[Edge, ...]
    months: tuple[tuple[date, float], ...]
    checked: tuple[str, ...]
    ruled_out: tuple[RuledOut, ...]
    parameters: tuple[dict[str, Any], ...]
    data_dates: dict[str, str]
    fact_from: date | None
    fact_to: date | None

    def sentence(self, lang: Lang) -> str:
        """What contradicts what."""
        return self.sentence_zh if lang == "zh" else self.sentence_en

    def path(self) -> list[Edge]:
        """The edges of the path itself."""
        return [edge for edge in self.edges if edge.role == "path"]


def read_evidence(text: str) -> Evidence:
    """The receipt as it stands in ``hits.parquet``."""
    body = json.loads(text)
    return Evidence(
        hit_id=body["hit_id"],
        detector=body["detector"]["id"],
        sentence_zh=body["states"]["zh"],
        sentence_en=body["states"]["en"],
        household=body["household"],
        edges=tuple(_edge(entry) for entry in body["edges"]),
        months=tuple((date.fromisoformat(f"{m['month']}-01"), m["yuan"]) for m in body["months"]),
        checked=tuple(body["checked"]),
        ruled_out=tuple(
            RuledOut(c["code"], c["months"], c["reasons"] or {}) for c in body["clearing"]
        ),
        parameters=tuple(body["parameters"]),
        data_dates=body["data_dates"] or {},
        fact_from=_day(body["fact_from"]),
        fact_to=_day(body["fact_to"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _edge(entry: dict[str, Any]) -> Edge:
    return Edge(
        role=entry["role"],
        type=entry["type"],
        start_label=entry["start_label"],
        start=entry["start_id"],
        end_label=entry["end_label"],
        end=entry["end_id"],
        valid_from=_day(entry["valid_from"]),
        valid_to=_day(entry["valid_to"]),
        source=entry["source"] or "",
        rows=entry["rows"] or "",
        grade=entry["grade"] or "",
        properties={k: v for k, v in (entry["properties"] or {}).items() if v is not None},
    )
