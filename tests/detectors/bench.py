"""A small county with detectors of the test's own, run as often as asked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.detectors.receipt import replay
from doudi.detectors.run import DetectReceipt, detect
from doudi.graph.projection import Projection
from doudi.policy.parameters import Parameters

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from doudi.graph.connection import Connection
    from tests.detectors.conftest import Small

D1 = "dibao_household_register/D1"
JUNE = date(2026, 6, 1)

HEADER = """\
// ---
// id = "{id}"
// title = {{ zh = "任职{id}", en = "post {id}" }}
// version = 1
// status = "test"
// strength = "{strength}"
// sources = {{ one_card_payment = 75 }}
// min_grade = "certificate"
// basis = ["B2"]
// clearing = [{clearing}]
// harmless = ["the post is unpaid"]
// blind = ["unregistered trade"]
// returns = ["household", "person_id", "company", "benefit", "fact_from", "fact_to", "evidence"]
// identity = ["household", "person_id", "company"]
// about = "household"
// ask = {{ zh = "是否任职？", en = "Do you hold it?" }}
// states = {{ zh = "任职 {{company}}", en = "holds a post in {{company}}" }}
// [eligible]
// match = "(h:Household)"
// ---
"""
POST = """\
MATCH (h:Household)<-[m:MEMBER_OF]-(p:Person)-[x:EXEC_OF]->(c:Company)
WHERE $households IS NULL OR h.id IN $households
RETURN h.id AS household, p.id AS person_id, c.id AS company, h.id AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [m.rid, x.rid] AS evidence
ORDER BY household, person_id, company, fact_from
"""
ILL = """\
MATCH (h:Household)<-[m:MEMBER_OF]-(p:Person)-[x:HAS_DIAGNOSIS]->(c:Diagnosis)
WHERE $households IS NULL OR h.id IN $households
RETURN h.id AS household, p.id AS person_id, c.id AS company, null AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [m.rid, x.rid] AS evidence
ORDER BY household, person_id, company
"""
BOOK = """\
MATCH (p:Person)-[x:HAS_DIAGNOSIS]->(c:Diagnosis)
OPTIONAL MATCH (p)-[:MEMBER_OF]->(h:Household)
OPTIONAL MATCH (p)-[:REGISTERED_IN]->(k:HukouBook)
WITH p, x, c, coalesce(h.id, 'hukou_population/' + k.id, 'person:' + p.id) AS household
WHERE $households IS NULL OR household IN $households
RETURN household, p.id AS person_id, toString($least) AS company, null AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [x.rid] AS evidence
ORDER BY household, person_id, company
"""
CHECK = """\
// ---
// id = "X20"
// title = { zh = "试用", en = "on trial" }
// explains = { zh = "任职为试用", en = "the post is on trial" }
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})-[x:LEGAL_REP_OF]->(c:Company {id: hit.company})
RETURN hit.hit_id AS hit_id, c.id AS firm, x.valid_from AS cleared_from, x.valid_to AS cleared_to,
       [x.rid] AS evidence
ORDER BY hit_id
"""


def detector_file(folder: Path, name: str, query: str = POST, *, strength: str = "K1",
              clearing: str = '"X18"', recompute: str = "") -> None:  # fmt: skip
    place = folder / ("leak" if name.startswith("L") else "error")
    place.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(id=name, strength=strength, clearing=clearing)
    if recompute:
        header = header.replace("// [eligible]", f'// recompute = "{recompute}"\n// [eligible]')
    (place / f"{name.lower()}.cypher").write_text(header + query, "utf-8")


class Bench:
    """The county of a test with its detectors, run as often as asked."""

    def __init__(self, small: Small, graph: Connection, folder: Path) -> None:
        self.small = small
        self.graph = graph
        self.home = folder / "detectors"
        self.out = folder / "out"
        self.runs = 0
        small.node("Company", "c1")
        small.paid("p1", "2025-07", "2026-07", 500.0, rid="pay")
        self.parameters = Parameters()

    def project(self) -> Projection:
        self.runs += 1
        folder = self.small.write(f"projection{self.runs}")
        self.small.fill(self.graph)
        return Projection(folder)

    def run(self, detectors: list[str], as_of: date = JUNE, **options: Any) -> DetectReceipt:  # noqa: ANN401 - detect's options
        with self.project() as projection:
            return detect(self.graph, projection, self.parameters, as_of=as_of, out=self.out,
                          detectors=detectors, extra=self.home, **options)  # fmt: skip

    def replay(self, name: str) -> Any:  # noqa: ANN401 - tests look inside
        with self.project() as projection:
            return replay(name, self.out / "hits.parquet", self.graph, projection,
                          self.parameters, extra=self.home)  # fmt: skip


def one(table: pa.Table) -> dict[str, Any]:
    (row,) = table.to_pylist()
    return dict(row)
