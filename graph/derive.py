"""Everything doudi computes itself and the graph then holds like a fact.

Derived relations have ``derived = true``, ``source = "derived"``, no batch and row, the weakest
grade along their path, and a rid made of type, ends and rule: a rebuild gives the same rids.
``rows`` names the source rows where a single membership or post stands behind them; kin and
look-through shares name the rids of their ties in ``via`` instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.groups import add_groups
from doudi.graph.kinship import add_components, add_kin
from doudi.graph.marriages import close_marriages
from doudi.graph.ownership import add_controls
from doudi.graph.workbench import STRONG, table_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.graph.workbench import Workbench

RECEIVES = ("RECEIVES", "Person", "Benefit")
BELONGS_TO = ("BELONGS_TO", "Benefit", "Household")
MEMBER_OF = ("MEMBER_OF", "Person", "Household")
HANDLED_BY = ("HANDLED_BY", "Benefit", "Office")

_BEGIN, _END = "DATE '0001-01-01'", "DATE '9999-12-31'"


def derive(bench: Workbench, say: Callable[[str], None]) -> tuple[str, ...]:
    """Add all derived relations, nodes and properties.

    Args:
        bench: The projection's tables with every plain fact in them.
        say: Called with the name of each step.

    Returns:
        Notes: what was left out or adjusted.
    """
    say("婚姻 marriages")
    close_marriages(bench)
    say("亲属 kin")
    notes = add_kin(bench)
    add_components(bench)
    say("待遇 benefits")
    add_household_of_persons(bench)
    add_receivers(bench)
    add_handlers(bench)
    say("群组 groups")
    add_groups(bench)
    say("穿透持股 look-through shares")
    return notes + add_controls(bench)


def add_receivers(bench: Workbench) -> None:
    """RECEIVES of household programmes: the household's beneficiaries while both last.

    A member of whom the register does not say whether he is paid for counts as a beneficiary:
    the programme is granted to the household, and only a plain "no" takes a member out.
    Programmes kept by person bring their own RECEIVES and are left alone.
    """
    bench.add_links(
        f"""SELECT member.start_id, benefit.id AS end_id, member.name_token, member.birth_date,
            greatest(member.valid_from, benefit.start_date, belongs.valid_from) AS valid_from,
            least(member.valid_to, benefit.end_date, belongs.valid_to) AS valid_to,
            greatest(member.known_from, belongs.known_from) AS known_from,
            grade_named(greatest(grade_rank(member.grade), grade_rank(belongs.grade))) AS grade,
            member."rows", 'member|' || member.rid || '|' || belongs.rid AS rule
        FROM {table_name(*BELONGS_TO)} belongs
        JOIN {table_name("Benefit")} benefit ON benefit.id = belongs.start_id
        JOIN {table_name(*MEMBER_OF)} member ON member.end_id = belongs.end_id
        WHERE NOT belongs.derived AND coalesce(member.is_beneficiary, true)
            AND benefit.id NOT IN (SELECT end_id FROM {table_name(*RECEIVES)})
            AND is_span(greatest(member.valid_from, benefit.start_date, belongs.valid_from),
                least(member.valid_to, benefit.end_date, belongs.valid_to))""",
        *RECEIVES,
    )


def add_household_of_persons(bench: Workbench) -> None:
    """BELONGS_TO of programmes kept by person, day for day.

    While an assistance household lists the person it is that one (低保 before 低保边缘, then the
    earlier membership); in the time left it is ``person:<pid>``, which is made with a membership.
    """
    bench.con.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {_counted()}")
    bench.add_nodes(
        """SELECT household AS id, household AS household_id, arg_min(register, era) AS register,
            arg_min(area_code, era) AS area_code, arg_min(township, era) AS township,
            grade_named(min(weakness)) AS grade
        FROM (SELECT *, strftime(since, '%Y-%m-%d') || register || benefit AS era FROM counted
            WHERE household LIKE 'person:%') GROUP BY household""",
        "Household",
    )
    bench.add_links(
        f"""SELECT benefit AS start_id, household AS end_id, nullif(since, {_BEGIN}) AS valid_from,
            nullif(until, {_END}) AS valid_to, known_from, grade_named(weakness) AS grade, "rows",
            'kept by person|' || since AS rule FROM counted""",
        *BELONGS_TO,
    )
    bench.add_links(_own_members(), *MEMBER_OF)
    bench.con.execute("DROP TABLE counted")


def _counted() -> str:
    """SQL: benefit, household and the time in which it counts, as runs without a change."""
    return f"""
    WITH kept AS ({_kept()}), listed AS ({_listed()}),
    cuts AS (
        SELECT benefit, person, since AS day FROM kept UNION SELECT benefit, person, until FROM kept
        UNION SELECT benefit, person, since FROM listed
        UNION SELECT benefit, person, until FROM listed),
    pieces AS (
        SELECT benefit, person, day AS since,
            lead(day) OVER (PARTITION BY benefit, person ORDER BY day) AS until FROM cuts),
    placed AS (
        SELECT pieces.*, listed.household, listed."rows", listed.weakness, listed.known_from
        FROM pieces LEFT JOIN listed ON listed.benefit = pieces.benefit
            AND listed.person = pieces.person AND listed.since <= pieces.since
            AND listed.until >= pieces.until
        WHERE pieces.until IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY pieces.benefit, pieces.person, pieces.since
            ORDER BY listed.preference, listed.since, listed.household, listed."rows") = 1),
    runs AS (
        SELECT *, count(*) FILTER (changed) OVER (
            PARTITION BY benefit, person ORDER BY since) AS run
        FROM (SELECT *, (household, "rows") IS DISTINCT FROM lag((household, "rows")) OVER (
            PARTITION BY benefit, person ORDER BY since) AS changed FROM placed))
    SELECT * EXCLUDE run FROM (
    SELECT kept.benefit, kept.person, kept.register, kept.area_code, kept.township, runs.run,
        coalesce(any_value(runs.household), 'person:' || any_value(kept.person)) AS household,
        min(runs.since) AS since, max(runs.until) AS until,
        coalesce(any_value("rows"), '') AS "rows",
        greatest(max(kept.weakness), max(runs.weakness)) AS weakness,
        greatest(max(kept.known_from), max(runs.known_from)) AS known_from
    FROM runs JOIN kept ON kept.benefit = runs.benefit AND kept.person = runs.person
    GROUP BY ALL)"""


def _kept() -> str:
    """SQL: benefits kept by person with their whole time, open ends as the calendar's ends."""
    return f"""
    SELECT * FROM (SELECT benefit.id AS benefit, receives.start_id AS person, benefit.register,
        benefit.area_code, benefit.township,
        min(coalesce(greatest(receives.valid_from, benefit.start_date), {_BEGIN})) AS since,
        max(coalesce(least(receives.valid_to, benefit.end_date), {_END})) AS until,
        max(grade_rank(receives.grade)) AS weakness, max(receives.known_from) AS known_from
    FROM {table_name(*RECEIVES)} receives
    JOIN {table_name("Benefit")} benefit ON benefit.id = receives.end_id
    WHERE benefit.id NOT IN (SELECT start_id FROM {table_name(*BELONGS_TO)})
    GROUP BY ALL) WHERE since < until"""


def _listed() -> str:
    """SQL: the assistance households that list such a person while the benefit lasts."""
    return f"""
    SELECT * FROM (
        SELECT kept.benefit, kept.person, member.end_id AS household,
            split_part(member.end_id, '/', 1) AS preference,
            greatest(kept.since, coalesce(member.valid_from, {_BEGIN})) AS since,
            least(kept.until, coalesce(member.valid_to, {_END})) AS until, member."rows",
            grade_rank(member.grade) AS weakness, member.known_from
        FROM kept JOIN {table_name(*MEMBER_OF)} member ON member.start_id = kept.person
        WHERE member.grade IN {STRONG} AND split_part(member.end_id, '/', 1)
            IN ('dibao_household_register', 'low_income_edge_register'))
    WHERE since < until"""


def _own_members() -> str:
    """SQL: the membership of a person in his own household, over all programmes together."""
    return f"""
    WITH own AS (
        SELECT *, max(until) OVER (PARTITION BY household ORDER BY since, until
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM counted WHERE household LIKE 'person:%'),
    runs AS (
        SELECT *, count(*) FILTER (before IS NULL OR since > before) OVER (
            PARTITION BY household ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS run
        FROM own)
    SELECT person AS start_id, household AS end_id, true AS is_beneficiary,
        nullif(min(since), {_BEGIN}) AS valid_from, nullif(max(until), {_END}) AS valid_to,
        min(known_from) AS known_from, grade_named(min(weakness)) AS grade, '' AS "rows",
        'own household|' || min(since) AS rule
    FROM runs GROUP BY person, household, run"""


def add_handlers(bench: Workbench) -> None:
    """HANDLED_BY: the post with the login of the case, in its time in office from the approval on.

    A post whose time is unknown counts for all time; one that began after the benefit ended, or
    ended before its approval, does not.
    """
    benefit = "coalesce(benefit.approve_date, benefit.start_date)"
    bench.add_links(
        f"""SELECT benefit.id AS start_id, office.id AS end_id,
            greatest({benefit}, serves.valid_from) AS valid_from,
            least(benefit.end_date, serves.valid_to) AS valid_to,
            greatest(benefit.known_from, serves.known_from) AS known_from,
            grade_named(greatest(grade_rank(benefit.grade), grade_rank(serves.grade))) AS grade,
            concat_ws(',', benefit."rows", serves."rows") AS "rows",
            concat_ws('|', 'login', serves.rid) AS rule
        FROM {table_name("Benefit")} benefit
        JOIN {table_name("Office")} office ON office.login = benefit.handler_login
        LEFT JOIN {table_name("SERVES_AS", "Person", "Office")} serves ON serves.end_id = office.id
        WHERE is_span(greatest({benefit}, serves.valid_from),
            least(benefit.end_date, serves.valid_to))""",
        *HANDLED_BY,
    )
