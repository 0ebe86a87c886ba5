"""The dossier: leads as one self-contained HTML page that can be read, printed and defended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import HomeError, UnknownName, in_lang
from doudi.graph.schema import schema
from doudi.loaders.verdicts import SAID
from doudi.pictures import short, templates
from doudi.queries import records
from doudi.words import MODES, unit
from doudi.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from doudi.evidence import Edge, Evidence
    from doudi.feed_watch import Watched
    from doudi.graph.errors import Lang
    from doudi.lead import Lead
    from doudi.stages import Line

LEADS_IN_REPORT = 40
"""Leads printed in full; the list above them is complete."""

RANKED_SHOWN = 15


@dataclass(frozen=True)
class Row:
    """A source row as the page shows it."""

    relation: str
    start: str
    end: str
    time: str
    source: str
    rows: str
    grade: str
    values: str


@dataclass(frozen=True)
class Section:
    """One lead's part of the page."""

    lead: Lead
    sentences: list[str]
    months: str
    path: str
    rows: list[Row]
    ruled_out: list[str]
    checked: list[str]
    parameters: list[str]
    unknown: list[str]
    ask: list[str]


def write_report(
    line: Line,
    *,
    lead_id: str | None = None,
    township: str | None = None,
    out: Path | None = None,
    who: str = "",
    purpose: str = "report",
    run: str = "",
) -> Path:
    """Write the page of a lead, of a township, or of all leads, and say where.

    ``run`` names a detection run to print; the newest over everything where it is empty. The page
    of a run is the same whenever it is printed.

    Every lead on the page is written to the access log, with ``who`` (the machine's user where it
    is empty) and ``purpose``.

    Raises:
        HomeError: if nothing was detected yet, or the file cannot be written.
        UnknownName: if there is no such lead.
    """
    workspace = Workspace(line.home.path, lang=line.console.lang, who=who, purpose=purpose, run=run)
    leads, shown = _chosen(workspace, lead_id, township)
    codes = _clearing_titles(workspace)
    feeds = [] if lead_id else _feeds(line, leads)
    made = None if run else datetime.now(UTC)
    sections = [_section(lead, codes) for lead in shown]
    page = render(workspace, records(leads), sections, feeds, made=made)
    name = lead_id or township or "index"
    home = line.home
    found = home.file_of(run, "leads.parquet") if run else home.latest("leads.parquet")
    path = out or found.parent / "report" / f"{name}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")
    except OSError as error:
        raise HomeError(
            (
                f"无法写入报告（{error.strerror}）",
                f"the report cannot be written ({error.strerror})",
            ),
            where=str(path),
            expected=(
                "当前用户可写的文件夹中的一个文件",
                "a file in a folder this user may write to",
            ),
            next_step=(
                "用 --out 另选文件，或改正权限",
                "give another file with --out, or mend the permissions",
            ),
        ) from None
    return path


def _chosen(
    workspace: Workspace, lead_id: str | None, township: str | None
) -> tuple[pd.DataFrame, list[Lead]]:
    """The rows of the list on the page, and the leads printed in full."""
    import pandas as pd

    if lead_id is not None:
        lead = workspace.lead(lead_id)
        return pd.DataFrame([dict(lead.row)]), [lead]
    leads = workspace.leads(township=township)
    return leads, [workspace.lead(one) for one in leads["lead_id"].head(LEADS_IN_REPORT)]


def _feeds(line: Line, leads: pd.DataFrame) -> list[Watched]:
    """The feeds as they stood when the leads were found, at the end of their month."""
    from doudi.days import parse_month
    from doudi.detectors.months import next_month
    from doudi.feed_watch import month_of, watch

    if leads.empty:
        return watch(line.home.path, as_of_end=next_month(month_of(line)))
    found = leads.iloc[0]
    month = next_month(parse_month(str(found["as_of"])))
    return watch(line.home.path, as_of_end=month, as_known=found["as_known"])


def render(
    workspace: Workspace,
    leads: list[dict[str, Any]],
    sections: list[Section],
    feeds: Sequence[Watched] = (),
    *,
    made: datetime | None = None,
) -> str:
    """The page; ``made`` is when it was, where that is to stand on it."""
    return (
        templates()
        .get_template("dossier.html")
        .render(
            zh=workspace.lang == "zh",
            lang=workspace.lang,
            leads=leads,
            sections=sections,
            ranked=_ranked(workspace),
            feeds=[_feed(one, workspace.lang) for one in feeds],
            made=made,
            known=leads[0]["as_known"] if leads else None,
            titles={d.id: d.title.in_(workspace.lang) for d in workspace.detectors.values()},
            short=short,
        )
    )


def _ranked(workspace: Workspace) -> list[dict[str, Any]]:
    """The first households to visit with help and why, where a ranking was made.

    Tables of earlier releases have their reasons in the language of their run alone.
    """
    try:
        frame = workspace.ranking()
    except (HomeError, UnknownName):  # nothing was ranked, or not in this run
        return []
    why = f"reasons_{workspace.lang}"
    return records(frame.head(RANKED_SHOWN).assign(reasons=frame.get(why, frame["reasons"])))


def _feed(one: Watched, lang: Lang) -> dict[str, Any]:
    """A feed as the page shows it."""
    from doudi.loaders.verdict import NAMES
    from doudi.source_book import cadence, department

    health, newest = one.health, one.health.newest
    return {
        "title": one.source.title[lang],
        "department": department(one.source, lang),
        "cadence": cadence(one.source, lang),
        "last": health.last or "",
        "age": "" if health.age is None else health.age,
        "rows": f"{newest.rows:,}" if newest else "",
        "mode": in_lang(MODES[newest.mode], lang) if newest else "",
        "is_sick": one.is_sick,
        "verdicts": [
            (in_lang(NAMES[v.kind], lang), v.kind in SAID, in_lang(v.told, lang))
            for v in one.verdicts
        ],
        "stands_still": [*one.freezes, *one.holds],
    }


def _clearing_titles(workspace: Workspace) -> dict[str, str]:
    """Each innocent explanation's code and title, by code."""
    from doudi.detectors.catalogue import catalogue
    from doudi.detectors.header import BUILT_IN_CLEARING

    place = 0 if workspace.lang == "zh" else 1
    built_in = {code: f"{code} {words[place]}" for code, words in BUILT_IN_CLEARING.items()}
    checks = catalogue(workspace.home / "detectors").clearing
    return built_in | {c.id: f"{c.id} {c.title.in_(workspace.lang)}" for c in checks.values()}


def _section(lead: Lead, codes: Mapping[str, str]) -> Section:
    standing = lead.evidence
    declared = [lead.detectors[e.detector] for e in standing]
    return Section(
        lead=lead,
        sentences=[f"{e.detector} {e.sentence(lead.lang)}" for e in standing],
        months=lead.months().svg,
        path=lead.graph().svg,
        rows=_unique([_row(edge, lead.lang) for e in standing for edge in e.path()]),
        ruled_out=[_ruled(e, lead.lang, codes) for e in lead.cleared]
        + [_partly(e, lead.lang, codes) for e in standing if e.ruled_out],
        checked=[codes.get(c, c) for c in sorted({c for e in standing for c in e.checked})],
        parameters=_unique([_parameter(p, lead.lang) for e in standing for p in e.parameters]),
        unknown=_unique([text.in_(lead.lang) for d in declared for text in d.blind]),
        ask=_unique([d.ask.in_(lead.lang) for d in declared]),
    )


def _unique(items: list[Any]) -> list[Any]:
    seen: list[Any] = []
    for item in items:  # what one lead shows, a handful
        if item not in seen:
            seen.append(item)
    return seen


def _row(edge: Edge, lang: Lang) -> Row:
    declared = schema().relations.get(edge.type)
    start = edge.valid_from.isoformat() if edge.valid_from else "?"
    end = edge.valid_to.isoformat() if edge.valid_to else "…"
    hidden = {"name_token", "start_name_token", "end_name_token", "birth_date", "via"}
    values = {k: v for k, v in edge.properties.items() if k not in hidden}
    return Row(
        relation=declared.zh if declared and lang == "zh" else edge.type,
        start=short(edge.start),
        end=short(edge.end),
        time=f"{start} – {end}",
        source=edge.source,
        rows=_short_rows(edge.rows),
        grade=edge.grade,
        values="; ".join(f"{k}={v}" for k, v in values.items()),
    )


def _short_rows(rows: str, shown: int = 4) -> str:
    """The first source rows of a long spell, and how many there are."""
    parts = rows.split(",")
    if len(parts) <= shown:
        return ", ".join(parts)
    return f"{', '.join(parts[:2])} … {parts[-1]} ({len(parts)})"


def _ruled(evidence: Evidence, lang: Lang, codes: Mapping[str, str]) -> str:
    found = ", ".join(codes.get(c.code, c.code) for c in evidence.ruled_out)
    if lang == "zh":
        return f"{evidence.detector} 已排除（{found}）：{evidence.sentence(lang)}"
    return f"{evidence.detector} cleared ({found}): {evidence.sentence(lang)}"


def _partly(evidence: Evidence, lang: Lang, codes: Mapping[str, str]) -> str:
    months = "个月已排除" if lang == "zh" else "months cleared"
    return f"{evidence.detector} " + "; ".join(
        f"{codes.get(c.code, c.code)}: {c.months} {months}" for c in evidence.ruled_out
    )


def _parameter(parameter: dict[str, Any], lang: Lang) -> str:
    where = f" ({parameter['policy']})" if parameter.get("policy") else ""
    counted = unit(parameter.get("unit", ""), zh=lang == "zh")
    return f"{parameter['name']} = {parameter['value']} {counted}{where}"
