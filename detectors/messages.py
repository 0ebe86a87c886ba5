"""What can be wrong with a detector's file or its cases, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.graph.errors import Pair

HEADER: dict[str, Pair] = {
    "missing": ("缺少 {key}", "{key} is missing"),
    "kind": ("{key} 应为{kind}", "{key} must be {kind}"),
    "texts": ("{key} 应为文本列表", "{key} must be a list of texts"),
    "phrases": (
        "{key} 应为文本列表，或 {{ zh, en }} 列表",
        "{key} must be a list of texts, or of {{ zh, en }}",
    ),
    "words": ("{key} 须有中文（zh）和英文（en）", "{key} needs a text in zh and in en"),
    "one_of": ("{key} 为“{value}”，应为 {names} 之一", "{key} is {value!r}, not one of {names}"),
    "param": (
        "{key} 应为含 default、unit、why 的小节",
        "{key} must be a table with default, unit and why",
    ),
    "lacks": ("{key} 缺少 {names}", "{key} has no {names}"),
    "param_entry": ("{key} 有不认识的项 {name}", "{key} has an unknown entry {name}"),
    "source": ("不认识的数据源“{name}”", "unknown source {name!r}"),
    "age": (
        "{name} 的时限应为大于 0 的整数天数",
        "age of {name} must be a whole number of days above 0",
    ),
    "no_source": ("sources 没有列出数据源", "sources names no source"),
    "undeclared": ("参数 ${name} 未声明", "parameter ${name} is not declared"),
    "unused": ("参数 {name} 声明而未使用", "parameter {name} is declared and never used"),
    "given": ("参数 {name} 由程序提供，不可声明", "parameter {name} is given to every query"),
    "no_alias": ("有返回列没有别名", "a returned column has no alias"),
    "extra_column": ("列 {name} 返回而未声明", "column {name} is returned and not declared"),
    "absent_column": ("列 {name} 声明而未返回", "column {name} is declared and not returned"),
    "no_column": ("缺少列 {name}", "no column {name}"),
    "entry": ("不认识的项 {key}", "unknown entry {key}"),
    "opening": ("第一行不是 {fence}", "the first line is not {fence}"),
    "closing": ("没有第二个 {fence} 结束文件头", "no second {fence} ends the header"),
    "bare": ("文件头有一行不以 // 开头", "a line of the header does not begin with //"),
    "toml": ("文件头的 TOML 语法有误", "the header is no TOML: {reason}"),
    "id": (
        "id “{id}”应为一个字母加两位数字，如 E22",
        "id {id!r} is not a letter and two figures, such as E22",
    ),
    "grade": ("{grade} 不能形成线索", "{grade} can never reach a lead"),
    "code": ("不认识的排除代码 {code}", "unknown clearing code {code}"),
    "no_check": (
        "不认识的排除代码 {code}：没有这项排除检查",
        "unknown clearing code {code}: no check of that id",
    ),
    "derived": ("{name} 不是图模式中的推导关系", "{name} is no derived relation of the schema"),
    "eligible": ("缺少 eligible.match：分母", "eligible.match is missing: the denominator"),
    "not_returned": (
        "{key} 提到 {name}，但 returns 中没有",
        "{key} names {name}, which is not in returns",
    ),
    "clearing_id": (
        "id “{id}”不是排除代码 X01 至 X24",
        "id {id!r} is no clearing code, X01 to X24",
    ),
    "built_in": (
        "{id} 是内置的按月计算检查",
        "{id} is arithmetic on months and built in",
    ),
}
QUERY: dict[str, Pair] = {
    "writes": ("{word} 会写入；规则只能读取", "{word} writes; a detector only reads"),
    "load": ("LOAD 会读文件；数值应作为参数传入", "LOAD reads files; values come as parameters"),
    "procedure": (
        "CALL 调用了过程；只允许子查询 CALL (x) {{ … }}",
        "CALL of a procedure; only subqueries CALL (x) {{ … }}",
    ),
    "transactions": (
        "CALL … IN TRANSACTIONS 用于写入",
        "CALL … IN TRANSACTIONS is for writing",
    ),
    "internal": (
        "{word}() 是内部编号；请用属性 id",
        "{word}() is internal; use the property id",
    ),
    "library": ("{word} 不属于 Neo4j 社区版", "{word} is no part of Neo4j Community"),
    "hides": ("{word} 会遮蔽命中", "{word} hides hits"),
    "unbounded": ("{sign} 没有上限", "{sign} has no upper bound"),
    "unbounded_sign": (
        "{sign} 没有上限；请写 {{1,n}}",
        "{sign} has no upper bound; write {{1,n}}",
    ),
    "no_label": (
        "{node}没有标签，此前也未出现",
        "{node} has no label and is not bound before",
    ),
    "no_type": ("{relation}没有类型", "{relation} has no type"),
    "apart": (
        "此模式与前文没有共同变量",
        "this pattern shares no variable with what came before",
    ),
    "label": ("标签 {name} 不在图模式中", "label {name} is not in the schema"),
    "relation": ("关系 {name} 不在图模式中", "relation {name} is not in the schema"),
    "property": ("{kind} 没有属性 {name}", "{kind} has no property {name}"),
    "returns_nothing": ("查询没有返回内容", "the query returns nothing"),
    "whole": ("{name} 被整体返回；请返回其 id", "{name} is returned whole; return its id"),
    "order": ("最后的 RETURN 之后没有 ORDER BY", "no ORDER BY after the last RETURN"),
}
CASES: dict[str, Pair] = {
    "case_lacks": ("{case}缺少 {key}", "{case} has no {key}"),
    "case_entry": ("{case}有不认识的项 {key}", "{case} has an unknown entry {key}"),
    "case_kind": ("{case}：kind 应为 {names} 之一", "{case}: kind is one of {names}"),
    "case_threshold": (
        "{case}：门槛案例须写明 threshold 和 side（below 或 at）",
        "{case}: a threshold case names threshold and side (below or at)",
    ),
    "case_month": ("{case}：as_of 应为日期或 YYYY-MM", "{case}: as_of is a date or YYYY-MM"),
    "no_case": ("缺少 {kind} 类案例", "no case of kind {kind}"),
    "no_side": ("缺少门槛 {name} 的 {side} 案例", "no case {side} the threshold {name}"),
    "case_param": ("{case}：{name} 不是 {id} 的参数", "{case}: {name} is no parameter of {id}"),
    "case_column": ("{case}：{name} 不在返回列中", "{case}: {name} is not returned"),
    "finds_lacks": ("{case}：finds 缺少 {name}", "{case}: finds lacks {name}"),
    "hit_without": ("{case}应命中，却没有 finds", "{case} is a hit and finds nothing"),
    "quiet_with": ("{case}不应命中，却有 finds", "{case} is quiet and finds something"),
}
WRONG: dict[str, Pair] = HEADER | QUERY | CASES
"""Every problem that a reader of these files can tell, by the rule that is broken."""
