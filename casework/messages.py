"""Why a decision is refused and what would be allowed, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.errors import HomeError, LedgerError, filled

if TYPE_CHECKING:
    from doudi.graph.errors import DoudiError, Pair, Said

_ACCOUNT = ("人员账号", "the account of a person")
_BY_A_PERSON = ("由人作出的决定", "a decision by a person")
_TWO_PERSONS = (
    "{outcome} 须两人办理并写明书面理由",
    "two persons and a written reason for {outcome}",
)

REFUSALS: dict[str, tuple[Pair, Pair]] = {
    "finished": (("线索已是 {state}", "the lead is {state}"), ("未办结的线索", "an open lead")),
    "no_handler": (
        ("未写明承办人", "nobody is named"),
        ("承办人账号", "the account of the person who handles the lead"),
    ),
    "kin": (
        ("{to} 与该户有亲属关系", "{to} is kin of the household"),
        ("与该户无亲属关系的承办人（回避）", "a handler without ties to the household (回避)"),
    ),
    "no_assigner": (("未写明指派人", "nobody is named as assigning"), _ACCOUNT),
    "step": (
        ("{state} 状态下不能办理 {step}", "{step} is not possible in {state}"),
        ("处于 {sources} 的线索", "a lead in {sources}"),
    ),
    "extended": (
        ("核查已延期过", "the visit was extended before"),
        ("每轮核查只延期一次", "one extension per round of checks"),
    ),
    "peers_alone": (
        ("线索只依据同类比较（K3）", "the lead rests on a peer comparison (K3) alone"),
        ("登记或亲属关系方面的发现（K1、K2）", "a registry or kin finding (K1, K2)"),
    ),
    "nobody": (("未写明经办人", "nobody is named as deciding"), _ACCOUNT),
    "role": (("{role} 无权办理 {step}", "{role} may not {step}"), ("角色 {roles}", "role {roles}")),
    "program": (("{step} 由程序提出", "{step} was asked for by a program"), _BY_A_PERSON),
    "second_program": (("第二人是程序", "the second person is a program"), _ACCOUNT),
    "outcome_given": (
        ("{step} 不带核查结果", "{step} carries no outcome"),
        ("不写核查结果 {code}", "no outcome, not {code}"),
    ),
    "not_reviewed": (
        ("核查结果 {code} 未经复核", "outcome {code} was not reviewed"),
        ("已复核的 {reviewed}", "{reviewed}, as reviewed"),
    ),
    "no_outcome": (
        ("{step} 未带核查结果", "{step} came without an outcome"),
        ("核查结果代码", "an outcome code"),
    ),
    "outcome_by_program": (("{code} 由程序填写", "{code} was set by a program"), _BY_A_PERSON),
    "no_reason": (
        ("{what} 未写理由", "{what} came without a reason"),
        ("书面理由", "a written reason"),
    ),
    "no_code": (
        ("理由中没有排除依据代码", "the reason names no clearing code"),
        ("带代码的理由，X01 至 X24", "a reason with its code, X01 to X24"),
    ),
    "own_report": (
        ("复核人就是反馈人", "the report is reviewed by who made it"),
        ("另一人", "another person"),
    ),
    "own_decision": (
        ("申诉由参与原决定的人办理", "the appeal is decided by who took part in the decision"),
        ("未参与原决定的人", "a person who did not"),
    ),
    "one_person": (("只有一人办理", "only one person decides"), _TWO_PERSONS),
    "not_written": (("没有书面理由", "there is no written reason"), _TWO_PERSONS),
    "no_history": (
        ("办理记录未载明线索原来的状态", "the history does not say where the lead was"),
        ("已暂停的线索", "a suspended lead"),
    ),
    "moved_on": (
        ("线索已有新步骤：第 {seq} 步，{state}", "the lead has moved on: step {seq}, {state}"),
        ("所见的第 {expected} 步", "step {expected}, as it was shown"),
    ),
}
"""What was found and what was expected, by the rule that refuses."""

_DATED = ("办理时间为 {dated}", "a decision dated {dated}")
_REACHABLE = ("可以连接的台账数据库", "a reachable ledger database")
_CHECK_URL = ("核对台账地址及其服务器", "check the ledger's URL and its server")

TROUBLE: dict[str, tuple[Pair, Pair, Pair]] = {
    "home": (
        ("台账无法读写（{said}）", "the ledger cannot be written or read ({said})"),
        ("doudi 可写的文件，且磁盘有空间", "a file that doudi may write, on a disk with space"),
        ("检查权限和磁盘", "check the rights and the disk"),
    ),
    "broken": (
        (
            "台账文件已损坏或不是台账（{said}）",
            "the ledger file is damaged or no ledger ({said})",
        ),
        ("doudi 写出的 SQLite 文件", "an SQLite file written by doudi"),
        (
            "用最近的备份替换；原文件未改动",
            "put the last backup in its place; nothing was changed",
        ),
    ),
    "busy": (
        (
            "其他程序占用台账已 {seconds} 秒",
            "another program has held the ledger for {seconds} s",
        ),
        ("可以写入的台账", "a ledger that is free to write"),
        ("待其他程序完成后再试", "try again when the other program is done"),
    ),
    "append_only": (
        ("表 {table} 只增不改", "{table} is append-only"),
        ("只增不改的办理记录", "history that is added to, never changed"),
        (
            "另行登记一条更正原决定的决定",
            "enter a new decision that corrects the old one",
        ),
    ),
    "refused": (("台账拒绝：{said}", "the ledger refused: {said}"), _REACHABLE, _CHECK_URL),
    "unusable": (
        ("台账无法使用：{said}", "the ledger could not be used: {said}"),
        _REACHABLE,
        _CHECK_URL,
    ),
    "no_zone": (
        ("时间未带时区", "a moment without a zone"),
        ("带时区的时间，如 UTC", "a moment with a zone, as UTC"),
        ("给时间加上时区", "give the moment its zone"),
    ),
    "ahead": (
        _DATED,
        ("已经过去的时间", "a moment that has passed"),
        (
            "按实际办理时间填写，或核对本机时钟",
            "date it when it was taken, or check the machine's clock",
        ),
    ),
    "too_early": (
        _DATED,
        ("晚于上一步（{last}）的时间", "a moment after the last step, {last}"),
        (
            "查看线索的办理记录；各步须按先后登记",
            "look at the lead's history; steps are told in their order",
        ),
    ),
}
"""What was found, what was expected and what to do next, by what the database or a date says."""


def trouble(which: str, /, *, where: Said, **values: str | int) -> DoudiError:
    """The error of a ledger that cannot take something, a key of ``TROUBLE``."""
    found, expected, next_step = (filled(*part, **values) for part in TROUBLE[which])
    kind = HomeError if which == "home" else LedgerError
    return kind(found, where=where, expected=expected, next_step=next_step)
