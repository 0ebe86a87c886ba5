"""Why a decision is refused and what would be allowed, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.graph.errors import Pair

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
