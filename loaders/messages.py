"""What loading says to people, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.errors import FeedStopped, filled

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.errors import Pair, Said

FOUND: dict[str, Pair] = {
    "empty": ("文件是空的", "the file is empty"),
    "damaged": ("文件被截断或已损坏({kind})", "the file is cut off or damaged ({kind})"),
    "other_kind": ("文件内容与扩展名不符({kind})", "the file is not what its name says ({kind})"),
    "encoding": (
        "第 {line} 行的编码既不是 UTF-8 也不是 GB18030",
        "the encoding is neither UTF-8 nor GB18030 at line {line}",
    ),
    "mixed": (
        "编码在第 {line} 行改变：一个文件中混有 UTF-8 和 GB18030",
        "the encoding changes at line {line}: UTF-8 and GB18030 in one file",
    ),
    "binary": (
        "文件是二进制内容，或是没有标记的 UTF-16/UTF-32 编码",
        "the content is binary, or the encoding is UTF-32, or UTF-16 without a mark",
    ),
    "bomb": (
        "解压后的大小与文件不成比例(超过 200 倍或 4 GiB)",
        "it unpacks out of all proportion (over 200 times its size, or 4 GiB)",
    ),
    "long_line": ("第 {line} 行超过 {most} MiB", "line {line} is longer than {most} MiB"),
    "long_cell": (
        "第 {line} 行有单元格超过 1 MiB，可能是引号没有成对",
        "a cell in line {line} is longer than 1 MiB; a quote may not be closed",
    ),
    "wide_cell": ("有单元格超过 1 MiB", "a cell is longer than 1 MiB"),
    "columns": ("超过 {most} 列", "more than {most} columns"),
    "rows": ("工作表超过 {most} 行", "a sheet of more than {most} rows"),
    "quotes": (
        "第 {line} 行的引号没有成对，或文件被截断",
        "a quote in line {line} is not closed or stands in the wrong place, or the file is cut off",
    ),
    "locked": ("文件设有密码", "the file is locked with a password"),
    "broken_book": (
        "工作簿已损坏，或不是工作簿({kind})",
        "the workbook is damaged, or not what its name says ({kind})",
    ),
    "sheets": ("工作簿中有不同的表：{names}", "different tables in one workbook: {names}"),
    "zip_path": ("压缩包内有指向包外的路径", "a path in the archive leads out of it"),
    "zip_count": (
        "压缩包内有 {count} 个可读的文件，应只有一个",
        "the archive holds {count} files that can be read, not one",
    ),
    "memo": (
        "列“{name}”是备注字段(memo)，不能读取",
        "column {name!r} is a memo field, which is not read",
    ),
    "more_records": (
        "文件头写明 {stated} 条记录，实有 {found} 条",
        "it states {stated} records and holds {found}",
    ),
    "unknown_source": ("不认识的数据类型“{slug}”", "unknown data type {slug!r}"),
    "headers": ("{problems}", "{problems}"),
    "unit": ("{problems}", "{problems}"),
    "engine": ("有无法处理的值({kind})", "a value cannot be worked with ({kind})"),
    "shrunk": (
        "全量数据只有 {rows} 行，已知有效记录 {known} 条",
        "a snapshot of {rows} rows, where {known} records are known",
    ),
    "unsaid": (
        "晚到的批次；更早载入的批次没有留下内容记录",
        "a late delivery, where what earlier loads said was not kept",
    ),
    "few": (
        "全量数据只有 {rows} 行，至少应有 {least} 行",
        "a snapshot of {rows} rows, at least {least} are normal",
    ),
}
CODECS = ("UTF-8、GB18030 或带标记的 UTF-16", "UTF-8, GB18030, or UTF-16 with a mark")
EXPECTED: dict[str, Pair] = {
    "unknown_source": ("{near}", "{near}"),
    "headers": (
        "数据源声明的列；TOML 的 [ignore] 可放行某列",
        "the columns of the source; [ignore] in its TOML lets one pass",
    ),
    "unit": ("数据源声明的单位，或在表头括号中写明单位", "the source's unit, or a unit in brackets in the header"),
    "engine": ("数据源声明的类型和取值范围", "values of the types and ranges that the source declares"),
    "encoding": CODECS,
    "mixed": ("整个文件用一种编码", "one encoding throughout"),
    "binary": CODECS,
    "sheets": (
        "一个工作簿只放一个数据类型，各表表头相同；说明页可保留",
        "one data type in a workbook, the same headers on each sheet; notes may stay",
    ),
    "locked": ("没有密码的文件", "a file without a password"),
    "zip_path": ("只含一个数据文件的 .zip", "a .zip with one data file"),
    "zip_count": ("只含一个数据文件的 .zip", "a .zip with one data file"),
    "memo": ("只有字符、数值、日期、逻辑字段的 .dbf", "a .dbf with text, number, date and logical fields"),
    "shrunk": ('完整的全量数据；增量请在 delivery.toml 写 mode = "delta"',
               'a whole snapshot; for changes only, mode = "delta" in delivery.toml'),
    "unsaid": ("由各批次重新载入的主目录", "a home loaded again from its deliveries"),
    "few": ("完整的全量数据", "a whole snapshot"),
}  # fmt: skip
WHOLE = (
    "完整的 .csv、.csv.gz、.tsv、.xlsx、.xls、.dbf、.parquet 文件，或只含其一的 .zip",
    "a whole .csv, .csv.gz, .tsv, .xlsx, .xls, .dbf or .parquet file, or a .zip of one",
)
NEXT = (
    "请报送单位重新报送该文件；其他文件不受影响",
    "ask the sender for the file again; the other files go on",
)
NOTES: dict[str, Pair] = {
    "unknown_column": ("不认识的列“{name}”{near}", "unknown column {name!r}{near}"),
    "no_name": ("第 {place} 列的表头是数据，含 {digits} 位数字", "the header of column {place} is a value, {digits} digits"),
    "no_header": ("第一行不是表头", "the first row is no header"),
    "titles": ("表头在第 {line} 行，略过其上 {count} 行标题", "the headers are in line {line}; {count} title rows above were passed over"),
    "notes_only": ("略过没有数据的工作表：{names}", "sheets of notes were passed over: {names}"),
    "empty_sheets": ("略过空工作表：{names}", "empty sheets were passed over: {names}"),
    "near": ("，应为 {near}", ", {near}"),
    "doubled": ("列“{name}”出现两次", "column {name!r} stands twice"),
    "missing": ("缺少列“{name}”({zh})", "column {name!r} is missing ({zh})"),
    "factor": ("unit.suspect：列 {name} 的数值疑似相差 {factor} 倍", "unit.suspect: {name} looks off by a factor of {factor}"),
    "control": (
        "{file}：控制数 {name} 应为 {expected:,.2f}，实为 {found:,.2f}；请与报送单位核对",
        "{file}: control total {name} should be {expected:,.2f}, is {found:,.2f}; ask the sender",
    ),
    "no_total": (
        "{file}：delivery.toml 有 {name} 的控制数，但数据源没有该数值列；请改正 delivery.toml",
        "{file}: delivery.toml has a control total of {name}, no number column of the source; mend it there",
    ),
    "unread": (
        "{file}：doudi 不读此类文件，未载入；请另存为 .csv、.tsv、.xlsx、.xls、.dbf 或 .parquet",
        "{file}: doudi does not read such files, and did not load it; save it as .csv, .tsv, .xlsx, .xls, .dbf or .parquet",
    ),
    "rejected": (
        "{file}：{rows} 行中有 {refused} 行被拒收，超过 {limit:.0%}；请查看隔离表",
        "{file}: {refused} of {rows} rows were refused, over {limit:.0%}; look at the quarantine table",
    ),
    "scientific": (
        "{file}：{lost} 个号码被表格软件变成科学计数，位数已丢失，超过 {limit:.1%}；请来源部门把号码列设为文本后重新报送",
        "{file}: a spreadsheet made {lost} numbers scientific, over {limit:.1%}; have the sender format the column as text and send again",
    ),
    "many": ("{file}：有 {rows} 行，多于通常的 {most} 行", "{file}: {rows} rows, more than the usual {most}"),
    "absent": ("{file}：缺少列 {names}，其值视为未知", "{file}: without the columns {names}, which are unknown"),
    "repair_left": (
        "{file}：{count} 行未作改动，仍在隔离表中",
        "{file}: {count} lines were left as they were, and stay in quarantine",
    ),
    "repair_again": (
        "{file}：改动过的行仍有 {count} 处不能用，原因见回执",
        "{file}: {count} cells or lines still cannot be used; the receipt says why",
    ),
    "repair_overtaken": (
        "{file}：{count} 行未载入：较新的批次已报送同一主键或同一时段",
        "{file}: {count} lines were not loaded: newer deliveries spoke of their keys or their time",
    ),
    "no_file": ("{file}：delivery.toml 有控制数，但没有文件", "{file}: delivery.toml has control totals, but there is no file"),
}  # fmt: skip
DECLARED: dict[str, Pair] = {
    "unknown": ("{what} 中有不认识的“{name}”，应为 {near}", "{what} has {name!r}, {near}"),
    "unknown_table": ("文件中有不认识的“{name}”，应为 {near}", "the file has {name!r}, {near}"),
    "toml": ("{error}", "{error}"),
    "missing": ("缺少 {names}", "{names} missing"),
    "no_column": (
        "[source] 提到未声明的列“{name}”，应为 {near}",
        "[source] names the column {name!r}, {near}",
    ),
    "nature": (
        "nature 为“{nature}”，应为 {known} 之一",
        "nature is {nature!r}, not one of {known}",
    ),
    "key_kind": ("key_kind 为“{kind}”，应为 id 或 group", "key_kind is {kind!r}, not id or group"),
    "main_date": (
        "缺少 main_date；事件和按月数据必须写明",
        "main_date is missing; events and months need it",
    ),
    "map": (
        "[map.{name}] 需要已声明的列（column）和对照值（values）",
        "[map.{name}] needs a column that is declared, and values",
    ),
    "twice": (
        "有两个块都叫“{name}”；请给其中一个改名",
        "two blocks are named {name!r}; give one another name",
    ),
    "word": (
        "列 {column} 的 {entry} 为 {value}，应为 {near}",
        "column {column} has {entry} {value}, {near}",
    ),
    "hash": (
        "列 {name} 是哈希值；personal 须写明是 phone（电话）还是 account（账户）",
        "column {name} is a hash; personal must say whether of a phone or an account",
    ),
    "lacks": ("{what} 缺少 {name}", "{what} lacks {name}"),
    "told": ("{what}：{told}", "{what}: {told}"),
    "sets": ("{what} 给未声明的属性“{name}”赋值，应为 {near}", "{what} sets {name!r}, {near}"),
    "unfolds": ("{what} 展开未声明的列“{name}”，应为 {near}", "{what} unfolds {name!r}, {near}"),
    "joins": (
        "{what} 连接 {ends}；{kind} 只连接 {pairs}",
        "{what} joins {ends}; {kind} joins {pairs}",
    ),
}
"""What is wrong with a source's own file."""


def note(which: str, /, **values: Said | float) -> Pair:
    """A sentence with its values."""
    return filled(*NOTES[which], **values)


def stopped(path: Path, which: str, /, **values: Said | float) -> FeedStopped:
    """The error that stops one file and lets the others go on.

    Args:
        path: The file; its folder and name are told, nothing above them.
        which: Which problem, a key of ``FOUND``.
        values: What the sentence names; never a value of a row.
    """
    error = FeedStopped(
        filled(*FOUND[which], **values),
        where=f"{path.parent.name}/{path.name}",
        expected=filled(*EXPECTED.get(which, WHOLE), **values),
        next_step=NEXT,
    )
    error.which = which
    return error
