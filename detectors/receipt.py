"""Receipts replayed: the same hash on a rebuilt graph, or the edge that differs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow.parquet as pq

from doudi.detectors.catalogue import catalogue
from doudi.detectors.edges import empty_edges, look_up
from doudi.detectors.evidence import EDGE_FIELDS
from doudi.detectors.facts import Facts
from doudi.detectors.freeze import answers_of
from doudi.detectors.search import search
from doudi.detectors.setting import open_setting
from doudi.graph.errors import ReceiptError, UnknownName, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from doudi.detectors.catalogue import Catalogue
    from doudi.detectors.header import Detector
    from doudi.graph.connection import Connection
    from doudi.graph.errors import Lang
    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters

Edge = dict[str, Any]
_OWN = frozenset({"properties", "role", "place", "rid"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the receipt says.

    Attributes:
        hit_id: The hit.
        kind: What happened to it; ``part`` is a part of the receipt other than its edges.
        what: Relation type of an edge, or name of the part.
        source: Source of the edge.
        batch: Delivery it came with.
        row: Line of the file.
        property: Property that changed, or empty.
    """

    hit_id: str
    kind: Literal["gone", "new", "changed", "part", "not found"]
    what: str
    source: str = ""
    batch: str = ""
    row: int = 0
    property: str = ""

    def sentence(self, lang: Lang) -> str:
        """The difference in words; no value is shown."""
        where = f"{self.what} ({self.source} {self.batch}:{self.row})"
        prop = f" {self.property}" if self.property else ""
        zh = {
            "gone": f"关系已不存在：{where}",
            "new": f"多出关系：{where}",
            "changed": f"关系有变：{where} 属性{prop}",
            "part": f"回执的 {self.what} 不同",
            "not found": "关系均未变，但规则不再命中",
        }
        en = {
            "gone": f"edge gone: {where}",
            "new": f"edge new: {where}",
            "changed": f"edge changed: {where} property{prop}",
            "part": f"{self.what} of the receipt differs",
            "not found": "no edge differs, but the detector no longer finds it",
        }
        return f"{self.hit_id}: {(zh if lang == 'zh' else en)[self.kind]}"


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay gave.

    Attributes:
        id: The hit or lead that was asked for.
        expected: For each hit the sha256 of its receipt.
        found: The sha256 now; a hit that is no longer found is missing.
        differences: What differs, empty when all is the same.
    """

    id: str
    expected: Mapping[str, str]
    found: Mapping[str, str]
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether every receipt came out with the same hash."""
        return dict(self.expected) == dict(self.found)

    def sentences(self, lang: Lang) -> list[str]:
        """One sentence a hit that is the same, one a difference."""
        equal = [h for h, sha in self.expected.items() if self.found.get(h) == sha]
        said = "复算一致" if lang == "zh" else "reproduced"
        return [f"{hit}: {said} sha256 {self.expected[hit]}" for hit in equal] + [
            difference.sentence(lang) for difference in self.differences
        ]

    def to_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "id": self.id,
            "same": self.same,
            "expected": dict(self.expected),
            "found": dict(self.found),
            "differences": [asdict(difference) for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class _Stored:
    hit_id: str
    detector: str
    household: str
    as_of: str
    sha256: str
    body: dict[str, Any]
    held_back: tuple[str, ...]


def replay(
    hit_or_lead_id: str,
    hits_parquet: Path,
    connection: Connection,
    projection: Projection,
    parameters: Parameters,
    *,
    extra: Path | None = None,
) -> ReplayResult:
    """Compute the receipt of a hit, or of each hit of a lead, again.

    Args:
        hit_or_lead_id: A ``hit_id`` or ``lead_id``.
        hits_parquet: The file that holds the hits.
        connection: A graph, built from the projection.
        projection: A projection of the same state of knowledge.
        parameters: Policy parameters.
        extra: Folder with further detectors and checks.

    Returns:
        The hashes, and what differs.

    Raises:
        ReceiptError: if the file has no such hit or lead, or its detector is no longer there.
    """
    stored = _stored(hit_or_lead_id, hits_parquet)
    everything = catalogue(extra)
    now: dict[str, tuple[str, dict[str, Any]]] = {}
    for month in sorted({hit.as_of for hit in stored}):
        here = [hit for hit in stored if hit.as_of == month]
        setting = open_setting(
            connection,
            projection,
            parameters,
            everything,
            as_of=date.fromisoformat(f"{month}-01"),
            held=_held(everything, here),
        )
        detectors = _still_there(everything, hit_or_lead_id, here, hits_parquet)
        again = search(setting, detectors, sorted({hit.household for hit in here}))
        rows = again.hits.select(["hit_id", "evidence", "evidence_sha256"]).to_pylist()
        now |= {r["hit_id"]: (r["evidence_sha256"], json.loads(r["evidence"])) for r in rows}
    expected = {hit.hit_id: hit.sha256 for hit in stored}
    found = {name: now[name][0] for name in expected if name in now}
    differences = [d for hit in stored for d in _differences(hit, now, projection.folder)]
    return ReplayResult(hit_or_lead_id, expected, found, tuple(differences))


def _still_there(
    everything: Catalogue, name: str, stored: Iterable[_Stored], path: Path
) -> tuple[Detector, ...]:
    """The detectors of stored hits.

    Raises:
        ReceiptError: if one is gone.
    """
    try:
        return everything.chosen(sorted({hit.detector for hit in stored}))
    except UnknownName as error:
        raise ReceiptError(
            filled(
                "{id} 所用的规则已不在：{found}",
                "the detector of {id} is gone: {found}",
                id=name,
                found=error.both.found,
            ),
            where=path.name,
            next_step=(
                "放回该次运行时所用版本的规则文件",
                "put the detector's file back, in the version of the run",
            ),
        ) from None


def _held(everything: Catalogue, stored: Iterable[_Stored]) -> dict[str, tuple[str, ...] | None]:
    """The answers that were held back in the run of the hits, because a source was silent."""
    codes = sorted({code for hit in stored for code in hit.held_back})
    checks = {code: everything.clearing.get(code) for code in codes}
    return {code: answers_of(c, c.silence) if c else None for code, c in checks.items()}


def is_in(hit_or_lead_id: str, hits_parquet: Path) -> bool:
    """Whether a file of hits has this hit, or hits of this lead, found by its own run.

    Hits that were carried on from an earlier run are reproduced from that one.
    """
    return hits_parquet.exists() and bool(_named(hit_or_lead_id, hits_parquet, "hit_id"))


def _named(name: str, path: Path, columns: str) -> list[tuple[Any, ...]]:
    con = duckdb.connect()
    try:
        return con.execute(
            f"SELECT {columns} FROM read_parquet(?) WHERE NOT stale AND (hit_id = ? OR "
            "(NOT cleared AND ? = 'L' || left(sha256("
            "concat_ws('|', register, household_id, direction)), 12))) ORDER BY hit_id",
            [str(path), name, name],
        ).fetchall()
    finally:
        con.close()


def _stored(name: str, path: Path) -> list[_Stored]:
    if not path.exists():
        raise ReceiptError(
            ("没有这个文件", "there is no such file"),
            where=str(path),
            next_step=("该文件由 doudi detect 写出", "doudi detect writes it"),
        )
    has_held = "held_back" in pq.read_schema(path).names  # not in files of earlier releases
    held = "held_back" if has_held else "[]::VARCHAR[]"
    columns = "hit_id, detector, household, as_of, evidence_sha256, evidence"
    rows = _named(name, path, f"{columns}, {held}")
    if not rows:
        raise ReceiptError(
            (f"没有命中或线索 {name}", f"no hit or lead {name}"),
            where=str(path),
            expected=(
                "该次运行的 hits.parquet 或 leads.parquet 中的编号",
                "an id of hits.parquet or leads.parquet of that run",
            ),
        )
    return [
        _Stored(hit_id, detector, household, as_of, sha256, json.loads(body), tuple(held_codes))
        for hit_id, detector, household, as_of, sha256, body, held_codes in rows
    ]


def _differences(
    hit: _Stored, now: Mapping[str, tuple[str, dict[str, Any]]], folder: Path
) -> list[Difference]:
    if hit.hit_id in now and now[hit.hit_id][0] == hit.sha256:
        return []
    if hit.hit_id not in now:
        kept = _look_again(folder, hit.body["edges"])
        gone = list(_edge_differences(hit, kept))
        return gone or [Difference(hit.hit_id, "not found", hit.detector)]
    body = now[hit.hit_id][1]
    found = list(_edge_differences(hit, body["edges"]))
    parts = [p for p in hit.body if p != "edges" and hit.body[p] != body.get(p)]
    return found + [Difference(hit.hit_id, "part", part) for part in parts]


def _look_again(folder: Path, edges: list[Edge]) -> list[Edge]:
    """The edges of a receipt as the projection has them now, with role and place unchanged."""
    facts = Facts(folder)
    try:
        empty_edges(facts)
        facts.con.execute("CREATE TABLE asked (rid VARCHAR)")
        if edges:
            facts.con.executemany("INSERT INTO asked VALUES (?)", [[e["rid"]] for e in edges])
        look_up(facts, "asked")
        fields = [f for f in EDGE_FIELDS if f not in {"place", "role"}]
        listed = ", ".join(
            f'"{f}" := {"properties::JSON" if f == "properties" else chr(34) + f + chr(34)}'
            for f in fields
        )
        rows = facts.rows(f"SELECT to_json(struct_pack({listed}))::VARCHAR FROM edge")
    finally:
        facts.close()
    now = {edge["rid"]: edge for edge in (json.loads(str(row[0])) for row in rows)}
    return [now[e["rid"]] | {"role": e["role"]} for e in edges if e["rid"] in now]


def _edge_differences(hit: _Stored, now: list[Edge]) -> Iterable[Difference]:
    """What differs between the stored edges and those of now, edge by edge."""
    left = {edge["rid"]: edge for edge in now}
    gone: list[Edge] = []
    for edge in hit.body["edges"]:
        other = left.pop(edge["rid"], None)
        if other is None:
            gone.append(edge)
        else:
            yield from _changes(hit.hit_id, edge, other)
    for edge in gone:
        # A spell whose amount changed has another rid; it still joins the same two ends.
        twin = next((e for e in left.values() if _ends(e) == _ends(edge)), None)
        if twin is None:
            yield _difference(hit.hit_id, "gone", edge)
        else:
            left.pop(twin["rid"])
            yield from _changes(hit.hit_id, edge, twin)
    for edge in left.values():
        yield _difference(hit.hit_id, "new", edge)


def _ends(edge: Edge) -> tuple[Any, ...]:
    return edge["type"], edge["start_id"], edge["end_id"]


def _changes(hit_id: str, old: Edge, new: Edge) -> Iterable[Difference]:
    for name in sorted(set(old["properties"]) | set(new["properties"])):
        if old["properties"].get(name) != new["properties"].get(name):
            yield _difference(hit_id, "changed", old, name)
    for name in sorted(set(old) - _OWN):
        if old.get(name) != new.get(name):
            yield _difference(hit_id, "changed", old, name)


def _difference(
    hit_id: str, kind: Literal["gone", "new", "changed"], edge: Edge, name: str = ""
) -> Difference:
    return Difference(
        hit_id,
        kind,
        edge["type"],
        source=edge.get("source") or "",
        batch=edge.get("batch") or "",
        row=edge.get("row") or 0,
        property=name,
    )
