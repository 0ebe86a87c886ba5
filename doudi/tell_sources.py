"""What the commands about sources and feeds say on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.feed_watch import days_since
from doudi.loaders.verdict import NAMES
from doudi.source_book import ACCESS, KEYS, NATURES, ROOMS, cadence, department, sensitivity
from doudi.words import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doudi.feed_watch import Watched
    from doudi.loaders.source import Source
    from doudi.stages import Line

COLUMNS_SHOWN = 12
"""Ignored headers of a file that are named; the JSON receipt has all."""


def say_sources(line: Line, chosen: Sequence[Source], last: dict[str, date]) -> None:
    """One line a source."""
    lang = line.console.lang
    place = 0 if lang == "zh" else 1
    rows = [
        [
            source.slug,
            source.title["zh"],
            department(source, lang),
            cadence(source, lang),
            NATURES[source.nature][place].split(":")[0].split("（")[0],
            ACCESS[sensitivity(source)][place],
            last.get(source.slug),
            days_since(line.home.path, last.get(source.slug)),
        ]
        for source in chosen
    ]
    headers = ("slug", "title", "department", "cadence", "nature", "access", "last", "age_days")
    line.console.table(headers, rows)
    line.console.show(f"{len(rows)} 个数据源", f"{len(rows)} sources")


def say_source(line: Line, told: dict[str, Any]) -> None:
    """Everything declared of one source, then its columns."""
    zh = line.console.lang == "zh"
    for name, value in _headings(told, zh=zh):  # a dozen
        line.console.show(f"{name}：{value}", f"{name}: {value}")
    rows = [
        [
            c["name"],
            "、".join(c["headers"]),
            c["type"],
            c["unit"],
            c["role"],
            "、".join(c["values"]),
        ]
        for c in told["columns"]
    ]
    line.console.show("", "")
    line.console.table(("column", "headers", "type", "unit", "role", "values"), rows)
    if told["ignored"]:
        ignored = "、".join(told["ignored"])
        line.console.show(f"\n忽略的列：{ignored}", f"\nignored columns: {ignored}")


def _headings(told: dict[str, Any], *, zh: bool) -> list[tuple[str, str]]:
    place = 0 if zh else 1
    low, high = told["expect"]["rows"]
    given = "；".join(f"{fact['zh']} {fact['fact']}" for fact in told["facts"])
    none = ("无", "none")[place]
    pairs = [
        (("数据源", "source"), f"{told['slug']} {told['title']['zh']} {told['title']['en']}"),
        (("部门", "department"), told["department"]["zh" if zh else "en"]),
        (("依据", "legal basis"), told["legal_basis"] or none),
        (("可查看的人员", "who may see it"), f"{ACCESS[told['sensitivity']][place]} ({told['sensitivity']})"),
        (("报送频率", "cadence"), told["cadence_zh"] if zh else told["cadence"]),
        (("性质", "nature"), NATURES[told["nature"]][place]),
        (("主键", "key"), f"{', '.join(told['key'])}（{KEYS[told['key_kind']][0]}）" if zh
         else f"{', '.join(told['key'])} ({KEYS[told['key_kind']][1]})"),
        (("新值表示情况变化的列", "a new value is a change in"), ", ".join(told["changes"]) or none),
        (("预期行数", "expected rows"), f"{low:,} – {high:,}"),
        (("给出的事实", "facts it gives"), given or none),
        (("使用它的规则", "detectors"), _ages(told["detectors"], zh=zh) or none),
        (("以其无记录为据的排除", "clearing by its silence"), _ages(told["clearing"], zh=zh) or none),
        (("其他使用", "also read by"), "、".join(ROOMS[r][place] for r in told["read_by"]) or none),
        (("最迟", "how late"), _late(told, zh=zh)),
    ]  # fmt: skip  # one entry a line
    return [(title[place], text) for title, text in pairs]


def _ages(ages: dict[str, int], *, zh: bool) -> str:
    unit = " 天" if zh else " days"
    return ", ".join(f"{name} (≤ {days}{unit})" for name, days in ages.items())


def _late(told: dict[str, Any], *, zh: bool) -> str:
    stale, least = told["stale_after_days"], told["greatest_age_days"]
    if zh:
        parts = [f"超过 {stale} 天为过期" if stale else "不按频率判断过期"]
        parts += [f"超过 {least} 天起有规则停用"] if least else []
        return "；".join(parts)
    parts = [f"stale after {stale} days" if stale else "never stale by its cadence"]
    parts += [f"the first detector is frozen after {least} days"] if least else []
    return "; ".join(parts)


def say_checked(line: Line, receipt: dict[str, Any]) -> None:
    """Each file: how it looks, what would become of its rows, and what is wrong."""
    zh = line.console.lang == "zh"
    headers = ("file", "format", "rows_in", "would_load", "would_refuse", "duplicates", "reasons")
    line.console.table(headers, [_counts(file, receipt, zh=zh) for file in receipt["files"]])
    for feed in (f for f in receipt["feeds"] if not f["is_empty"]):  # one a data type
        line.console.show(
            f"{feed['title']['zh']}：{MODES[feed['mode']][0]}，已知 {feed['known']:,} 行；"
            f"新增或变更 {feed['new']:,}，被取代 {feed['ended'] - feed['unlisted']:,}，不再列出 {feed['unlisted']:,}",
            f"{feed['source']}: {feed['mode']}, {feed['known']:,} rows known; {feed['new']:,} new or "
            f"changed, {feed['ended'] - feed['unlisted']:,} replaced, {feed['unlisted']:,} no longer listed",
        )
    for file in receipt["files"]:  # one a file
        for name, text in _columns(file, zh=zh):
            line.console.show(f"{file['file']} {name}：{text}", f"{file['file']} {name}: {text}")
    for message in receipt["messages"]:  # one a problem
        line.console.warn(message, message)
    line.console.show("未写入任何数据", "nothing was written")


def _counts(file: dict[str, Any], receipt: dict[str, Any], *, zh: bool) -> list[object]:
    form = f"{file['format']} {file['encoding']}".strip()
    if "rows_in" not in file:
        stopped = file["source"] in receipt["stopped"]
        word = (("整份拒收", "stopped") if stopped else ("未读", "not read"))[0 if zh else 1]
        return [file["file"], form, "", word, "", "", ""]
    reasons = "; ".join(f"{reason} {count}" for reason, count in file["reasons"].items())
    counts = [file[name] for name in ("rows_in", "loaded", "quarantined", "duplicates")]
    return [file["file"], form, *counts, reasons]


def _columns(file: dict[str, Any], *, zh: bool) -> list[tuple[str, str]]:
    """What is worth saying of a file's columns and totals."""
    place = 0 if zh else 1
    shown = [
        f"{m['name']} {m['unit']}"
        for m in file["mapped"]
        if m["unit"] and m["unit_from"] == "header"
    ]
    mapped = [
        m["name"] if m["header"] == m["name"] else f"{m['header']} → {m['name']}"
        for m in file["mapped"]
    ]
    totals = [
        f"{t['name']} {t['expected']:,.2f} / {t['found']:,.2f}" for t in file.get("control", [])
    ]
    parts = [
        (("对应的列", "columns mapped"), mapped),
        (("忽略的列", "columns ignored"), file["ignored"][:COLUMNS_SHOWN]),
        (("不认识的列", "columns unknown"), file["unknown"]),
        (("缺少的必要列", "columns missing"), file["missing"]),
        (("没有的列（未知）", "columns absent"), file["absent"]),
        (("表头中的单位", "units in headers"), shown),
        (("控制数（应为/实为）", "control totals (expected / found)"), totals),
    ]
    return [(title[place], ("；" if zh else "; ").join(texts)) for title, texts in parts if texts]


def say_feeds(line: Line, watched: Sequence[Watched], month: date) -> None:
    """One line a feed; below, what is wrong with the sick ones."""
    zh = line.console.lang == "zh"
    rows = [_feed(one, zh=zh) for one in watched]
    line.console.table(
        ("feed", "last", "age_days", "rows", "mode", "verdict", "freezes", "holds_back"), rows
    )
    place = 0 if zh else 1
    for one in watched:  # feeds with something to say
        for verdict in (v for v in one.verdicts if v.kind != "missing"):
            line.console.warn(
                f"{one.source.title['zh']}：{NAMES[verdict.kind][place]}，{verdict.told[0]}",
                f"{one.source.slug}: {NAMES[verdict.kind][place]}, {verdict.told[1]}",
            )
    sick = sum(one.is_sick for one in watched)
    line.console.show(
        f"截至 {month:%Y-%m}：{len(watched)} 个数据源，{sick} 个异常",
        f"as of {month:%Y-%m}: {len(watched)} feeds, {sick} sick",
    )


def _feed(one: Watched, *, zh: bool) -> list[object]:
    health, place = one.health, 0 if zh else 1
    kinds = list(dict.fromkeys(verdict.kind for verdict in one.verdicts))
    return [
        one.source.title["zh"] if zh else one.source.slug,
        health.last,
        health.age,
        health.newest.rows if health.newest else None,
        MODES[health.newest.mode][place] if health.newest else None,
        "、".join(NAMES[kind][place] for kind in kinds)
        if zh
        else ", ".join(NAMES[k][place] for k in kinds),
        ", ".join(one.freezes),
        ", ".join(one.holds),
    ]
