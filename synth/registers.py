"""Rows of the assistance registers and of what was decided about them."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.homes import relation
from doudi.synth.payments import LEAST

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.parameters import Standards
    from doudi.synth.world import World


def write_registers(world: World, standards: Standards) -> None:
    """Rows of 低保 and 特困 and of the case history."""
    write_rosters(world, standards)
    _write_history(world)
    _write_tekun(world, standards)


def write_rosters(world: World, standards: Standards) -> None:
    """The minimum-living households and their members."""
    _write_households(world, standards)
    _write_members(world)


def amount_of(case: Dibao, month: int, standards: Standards) -> float:
    """What a household is paid for a month: the gap to the standard for each member."""
    gap = standards.of(month, urban=case.urban) - case.declared_pc(month)
    first, last, wrong = case.slip
    return round(max(gap, LEAST) * case.size_in(month) + wrong * (first <= month <= last), 2)


def _write_households(world: World, standards: Standards) -> None:
    """dibao_household_register: one row a household, and one more when it ends or changes later."""
    cases = world.dibao
    first = [max(c.start, months.SNAPSHOT) for c in cases]
    _household_rows(world, cases, [c.start for c in cases], first, standards)
    for month in range(months.SNAPSHOT + 1, months.LAST + 1):
        changed = [c for c in cases if _changes(c, month)]
        when = [month] * len(changed)
        _household_rows(world, changed, when, when, standards)


def _changes(case: Dibao, month: int) -> bool:
    """Whether a household ends, or its members are no longer the same, in a month."""
    if not case.start < month <= case.end:
        return False
    same = case.members_in(month) == case.members_in(month - 1)
    return case.end == month or not same


def _household_rows(
    world: World,
    cases: list[Dibao],
    known: list[int],
    shown: list[int],
    standards: Standards,
) -> None:
    """Rows of dibao_household_register: each household as it stood in a month."""
    start = np.array([c.start for c in cases], dtype=np.int64)
    end = np.array([c.end for c in cases], dtype=np.int64)
    day = np.array([c.approved or 1 + len(c.members) + c.home % 20 for c in cases])
    told = list(zip(cases, np.minimum(end, shown).tolist(), strict=True))
    world.book.add(
        "dibao_household_register",
        known=np.array(known, dtype=np.int64),
        household_id=[c.number for c in cases],
        head_id=world.people.number[[c.head for c in cases]],
        area_code=world.areas.code[[c.village for c in cases]],
        urban_rural=["城市" if c.urban else "农村" for c in cases],
        category=["ABC"[min(2, int(c.declared_pc(month) // 80))] for c, month in told],
        approve_date=months.day_in(start - 1, day),
        start_month=months.text_of(start),
        monthly_amount=[amount_of(c, month, standards) for c, month in told],
        declared_income_pc=[round(c.declared_pc(month), 2) for c, month in told],
        account_hash=[c.shared_account or c.account for c in cases],
        handler_id=[c.handler for c in cases],
        address_code=world.homes.address[[c.home for c in cases]],
        phone_hash=world.people.phone[[c.head for c in cases]],
        grace_end=months.text_of(np.array([c.grace_end for c in cases], dtype=np.int64)),
        review_due=months.day(months.LAST + 6, 15),
        end_month=months.text_of(np.where(end <= shown, end, months.OPEN)),
    )


def _write_members(world: World) -> None:
    """dibao_member_register, with removals as they come."""
    pairs = [(c, m) for c in world.dibao for m in c.members]
    who = np.array([m.person for _, m in pairs])
    typed = np.array([m.person if m.typed < 0 else m.typed for _, m in pairs])
    head = np.array([c.head for c, _ in pairs])
    added = np.array([m.added for _, m in pairs])
    removed = np.array([m.removed for _, m in pairs])
    age, people = world.people.age()[who], world.people
    grade = world.grade[who]
    ill = world.shocks.severe[who] <= months.LAST
    for cut, known in ((months.SNAPSHOT, added), (months.LAST, removed)):
        chosen = np.ones(len(who), dtype=bool)
        if cut == months.LAST:
            chosen = (removed > months.SNAPSHOT) & (removed <= months.LAST)
        gone = np.where(removed <= cut, removed, months.OPEN)
        able = np.select(
            [(age < 16) | (age > 65), grade > 0], ["无劳动能力", "部分丧失"], "有劳动能力"
        )
        world.book.add(
            "dibao_member_register",
            known=known[chosen],
            household_id=np.array([c.number for c, _ in pairs])[chosen],
            person_id=people.number[typed][chosen],
            name=people.name[who][chosen],
            relation_to_head=relation(people, head, who)[chosen],
            is_beneficiary=True,
            labour_capacity=able[chosen],
            health=np.select([ill, grade > 0], ["重病", "残疾"], "健康")[chosen],
            disability_grade=np.where(grade > 0, grade.astype(str), "")[chosen],
            declared_income=np.array([m.declared for _, m in pairs])[chosen],
            added_date=months.day_in(added, 1)[chosen],
            removed_date=months.day_in(gone, 1)[chosen],
            sex=np.where(people.male[who], "男", "女")[chosen],
            birth_date=people.birth[who][chosen],
        )


def event(  # noqa: PLR0913 - one argument a column
    world: World,
    household: str,
    programme: str,
    kind: str,
    month: int,
    reason: str,
    *,
    people: list[int],
    village: int,
    grace_end: int = months.OPEN,
    day: int = 12,
    case: str = "",
) -> None:
    """One row of assistance_case_history."""
    world.book.add(
        "assistance_case_history",
        known=month,
        case_id=[case or f"SQ{world.next_serial():07d}"],
        household_id=household,
        programme=programme,
        event=kind,
        event_date=months.day(month, day),
        reason_code=reason,
        decision_no=f"合成民救〔{2022 + (month + 6) // 12}〕{world.next_serial()}号",
        person_ids=";".join(str(world.people.number[p]) for p in people),
        grace_end=str(months.text_of(grace_end)),
        area_code=str(world.areas.code[village]),
    )


def put_off(world: World, case: Dibao, first: int, until: int, *, spell: int = 6) -> None:
    """The exit of a household is put off for a grace of ``spell`` months, up to a month."""
    case.grace_end = until
    event(
        world,
        case.number,
        "低保",
        "调整",
        first,
        f"渐退{spell}个月",
        people=[m.person for m in case.members],
        village=case.village,
        grace_end=until,
    )


def _write_history(world: World) -> None:
    """Confirmations within the timeline and all ends."""
    for case in world.dibao:  # few: one a recipient household
        who = [m.person for m in case.members]
        if case.start >= 0:
            event(
                world,
                case.number,
                "低保",
                "申请",
                case.start - 2,
                "新申请",
                people=who,
                village=case.village,
            )
            event(
                world,
                case.number,
                "低保",
                "确认",
                case.start - 1,
                "新申请",
                people=who,
                village=case.village,
            )
        if case.end <= months.LAST:
            event(
                world,
                case.number,
                "低保",
                "停发",
                case.end,
                case.reason or "到期",
                people=who,
                village=case.village,
                day=26,
            )


def _write_tekun(world: World, standards: Standards) -> None:
    """tekun_register."""
    own = [s for s in world.stipends if s.kind == "tekun"]
    who = np.array([s.person for s in own], dtype=np.int64)
    end = np.array([s.end for s in own], dtype=np.int64)
    base = round(standards.of(months.LAST, urban=False) * 1.3, 2)
    care = np.array([s.amount for s in own])
    for cut in (months.SNAPSHOT, months.LAST):
        chosen = np.ones(len(own), dtype=bool)
        if cut == months.LAST:
            chosen = (end > months.SNAPSHOT) & (end <= months.LAST)
        start = np.array([s.start for s in own], dtype=np.int64)
        world.book.add(
            "tekun_register",
            known=(start if cut == months.SNAPSHOT else end)[chosen],
            person_id=world.people.number[who][chosen],
            support_mode=np.array(["集中" if s.institution else "分散" for s in own])[chosen],
            self_care_level=np.select([care < 100, care < 400], ["全", "半"], "全护")[chosen],
            institution_id=np.array([s.institution for s in own])[chosen],
            carer_id="",
            base_amount=base,
            care_amount=care[chosen],
            start_month=months.text_of(start)[chosen],
            end_month=months.text_of(np.where(end <= cut, end, months.OPEN))[chosen],
            name=world.people.name[who][chosen],
            account_hash=np.array([s.account for s in own])[chosen],
            area_code=world.areas.code[world.homes.village[world.people.home[who]]][chosen],
        )
