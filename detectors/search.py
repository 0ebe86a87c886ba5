"""One pass over the graph: queries, months, recomputation, clearing, receipts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doudi.detectors import clear, edges, evidence, found, merge, overlap
from doudi.detectors.facts import Facts
from doudi.detectors.recompute import empty_incomes, over_line_months
from doudi.detectors.values import (
    AreaGroup,
    area_groups,
    as_json,
    build_places,
    households_in,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from doudi.detectors.header import ClearingCheck, Detector
    from doudi.detectors.setting import Setting

MIN_EXPOSURE = "lead.min_exposure_months"
DEFAULT_MIN_EXPOSURE = 1.0
"""Months of benefit below which an exposure is not followed up, where no parameter says."""


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one detector.

    Attributes:
        eligible: Cases that could have matched.
        rows: Rows the query returned.
        below_grade: Hits dropped for a weak identity.
        outside_months: Hits whose fact lies in no paid month.
        hits: Hits in the table, cleared ones too.
        cleared: Of these, cleared.
    """

    eligible: int = 0
    rows: int = 0
    below_grade: int = 0
    outside_months: int = 0
    hits: int = 0
    cleared: int = 0


@dataclass(frozen=True)
class Searched:
    """The hits of a search, as the columns of ``hits.parquet``, and the counts by detector."""

    hits: pa.Table
    counts: dict[str, Counts]


def search(
    setting: Setting, detectors: Sequence[Detector], households: Sequence[str] | None
) -> Searched:
    """Run detectors over households and judge what they find.

    Args:
        setting: Graph, projection, parameters, month.
        detectors: The detectors, none of them frozen.
        households: Graph Household ids, or None for all.

    Returns:
        All hits, cleared ones with their codes.

    Raises:
        DetectorError: if the graph was not built from this projection.
        QueryError: if the server refuses a query.
    """
    facts = Facts(setting.folder)
    try:
        return _Search(setting, facts, tuple(detectors), households).run()
    finally:
        facts.close()


class _Search:
    """The tables of one search, made one after the other."""

    def __init__(
        self,
        setting: Setting,
        facts: Facts,
        detectors: tuple[Detector, ...],
        households: Sequence[str] | None,
    ) -> None:
        self.setting = setting
        self.facts = facts
        self.detectors = detectors
        self.households = households
        self.checks: dict[str, ClearingCheck] = {
            check.id: check for d in detectors for check in setting.catalogue.checks_of(d)
        }
        self.rows: dict[str, int] = {}
        self.eligible: dict[str, int] = {}

    def run(self) -> Searched:
        facts, setting = self.facts, self.setting
        groups = area_groups(
            [*self.detectors, *self.checks.values()],
            setting.parameters,
            self._counties(),
            month=setting.as_of,
        )
        self._find(groups)
        edges.empty_edges(facts)
        edges.look_up(facts, "(SELECT unnest(evidence) AS rid FROM found)")
        edges.require_known_edges(facts)
        weak = edges.drop_weak(facts)
        found.build_hits(facts)
        edges.build_grades(facts)
        overlap.build_paid_months(facts, as_of=setting.as_of, as_of_end=setting.as_of_end)
        overlap.build_hit_months(facts, as_of=setting.as_of, as_of_end=setting.as_of_end)
        outside = self._drop_outside()
        self._clear(groups)
        evidence.build_receipts(facts, as_of=setting.as_of.isoformat())
        known = setting.as_known.isoformat() if setting.as_known else None
        merge.build_hits_table(facts, as_of=setting.as_of.isoformat(), as_known=known)
        return self._result(weak, outside)

    def _counties(self) -> list[str]:
        rows = self.facts.rows(
            "SELECT DISTINCT rpad(left(area_code, 6), 12, '0') FROM node_Household "
            "WHERE length(area_code) >= 6 ORDER BY 1"
        )
        return [str(row[0]) for row in rows]

    def _find(self, groups: list[AreaGroup]) -> None:
        found.empty_found(self.facts)
        ran: list[tuple[object, ...]] = []
        asked = self._asked(groups)
        for detector in self.detectors:
            self.setting.progress(f"{detector.id} {detector.title.zh} {detector.title.en}")
            ran += [self._query(detector, group, asked[group.number]) for group in groups]
        self.facts.con.execute(
            "CREATE OR REPLACE TABLE ran (detector VARCHAR, area_group BIGINT, checked VARCHAR[], "
            "data_dates VARCHAR, parameters VARCHAR, params VARCHAR)"
        )
        if ran:
            self.facts.con.executemany("INSERT INTO ran VALUES (?, ?, ?, ?, ?, ?)", ran)

    def _query(
        self, detector: Detector, group: AreaGroup, asked: list[str] | None
    ) -> tuple[object, ...]:
        """Run one detector on one group of areas; what the receipts say of the run."""
        setting = self.setting
        values = values_of(detector.params, setting.parameters, group.area_code, setting.as_of)
        given: dict[str, Any] = {value.name: value.value for value in values}
        given |= {
            "as_of": setting.as_of,
            "as_of_end": setting.as_of_end,
            "households": asked,
        }
        rows = setting.connection.read(detector.query, given)
        count = found.add_found(self.facts, rows, detector, area_group=group.number)
        self.rows[detector.id] = self.rows.get(detector.id, 0) + count
        self._count_eligible(detector, given)
        known = setting.data_dates
        dates = {slug: str(known[slug]) for slug in detector.sources if slug in known}
        shown = {value.name: value.value for value in values}
        return (
            detector.id,
            group.number,
            list(detector.clearing),
            _json(dates),
            as_json(values),
            _json(shown),
        )

    def _asked(self, groups: list[AreaGroup]) -> dict[int, list[str] | None]:
        """The households looked at for each group: its own, unless the group is everything."""
        if len(groups) == 1:
            everything = None if self.households is None else list(self.households)
            return {groups[0].number: everything}
        build_places(self.facts)
        return {
            group.number: households_in(self.facts, group, groups, self.households)
            for group in groups
        }

    def _count_eligible(self, detector: Detector, given: dict[str, Any]) -> None:
        if detector.id not in self.eligible:
            counted = self.setting.connection.read(detector.eligible_query(), given)
            self.eligible[detector.id] = int(str(counted.iat[0, 0])) if len(counted) else 0

    def _drop_outside(self) -> dict[str, int]:
        """Forget hits without a month; they are counted, not shown."""
        counts = self.facts.rows(
            "SELECT detector, count(*) FROM hit WHERE hit_id NOT IN "
            "(SELECT hit_id FROM hit_month) GROUP BY detector"
        )
        for table in ("hit", "path_edge"):
            self.facts.con.execute(
                f"DELETE FROM {table} WHERE hit_id NOT IN (SELECT hit_id FROM hit_month)"
            )
        return {str(name): int(str(count)) for name, count in counts}

    def _clear(self, groups: list[AreaGroup]) -> None:
        clear.empty_ruled(self.facts)
        empty_incomes(self.facts)
        self._recompute()
        for check in self.checks.values():
            self.setting.progress(f"{check.id} {check.title.zh} {check.title.en}")
            for group in groups:
                self._ask(check, group)
        clear.settle_months(self.facts)
        names = [d.id for d in self.detectors if d.direction == "error" and "X18" in d.clearing]
        for group in groups:
            least = self._least(group)
            clear.rule_out_small(
                self.facts, detectors=names, area_group=group.number, min_months=least
            )
        clear.settle_hits(self.facts)

    def _ask(self, check: ClearingCheck, group: AreaGroup) -> None:
        setting = self.setting
        values = values_of(check.params, setting.parameters, group.area_code, setting.as_of)
        given: dict[str, Any] = {value.name: value.value for value in values}
        given |= {"as_of": setting.as_of, "as_of_end": setting.as_of_end}
        names = [d.id for d in self.detectors if check.id in d.clearing]
        clear.ask(
            self.facts,
            setting.connection,
            check,
            detectors=names,
            area_group=group.number,
            given=given,
            held=setting.held.get(check.id, ()),
        )

    def _least(self, group: AreaGroup) -> float:
        from doudi.graph.errors import PolicyError

        try:
            return float(
                self.setting.parameters.value(MIN_EXPOSURE, group.area_code, self.setting.as_of)
            )
        except PolicyError:
            return DEFAULT_MIN_EXPOSURE

    def _recompute(self) -> None:
        for kind in ("over_line", "over_line_with_person"):
            names = [d.id for d in self.detectors if d.recompute == kind]
            # Each detector counts its own people in, so each has its own ledger.
            for part in [names] if kind == "over_line" else [[name] for name in names]:
                if over_line_months(
                    self.setting, self.facts, part, with_person=kind != "over_line"
                ):
                    clear.rule_out_by_income(self.facts, is_held="X07" in self.setting.held)

    def _result(self, weak: dict[str, int], outside: dict[str, int]) -> Searched:
        counted = self.facts.rows(
            "SELECT detector, count(*), count(*) FILTER (cleared) FROM hits GROUP BY detector"
        )
        hits = {str(d): (int(str(n)), int(str(c))) for d, n, c in counted}
        counts = {
            d.id: Counts(
                eligible=self.eligible.get(d.id, 0),
                rows=self.rows.get(d.id, 0),
                below_grade=weak.get(d.id, 0),
                outside_months=outside.get(d.id, 0),
                hits=hits.get(d.id, (0, 0))[0],
                cleared=hits.get(d.id, (0, 0))[1],
            )
            for d in self.detectors
        }
        listed = ", ".join(merge.HITS)
        return Searched(self.facts.table(f"SELECT {listed} FROM hits"), counts)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
