"""The two-sided rule: what was found against a household, beside what weighs on it.

Leaks speak of where a person lives now. That is the household itself while it lasts; for a person
who is paid alone, and for a household that has ended, it is what lists its people today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from doudi.detectors.facts import Facts

_KNOWN_AS = """
CREATE OR REPLACE TABLE known_as AS
WITH tie AS (
    SELECT m.end_id AS household, m.start_id AS person, m.valid_to AS until
    FROM link_MEMBER_OF_Person_Household AS m JOIN about ON about.household = m.end_id
    WHERE m.valid_from IS NULL OR m.valid_from < $as_of_end),
ended AS (
    SELECT household, max(until) AS last_day FROM tie
    GROUP BY household HAVING bool_and(until <= $as_of)),
person AS (
    SELECT tie.household, tie.person FROM tie JOIN ended USING (household)
    WHERE tie.until = ended.last_day
    UNION SELECT household, substr(household, 8) FROM about
    WHERE starts_with(household, 'person:'))
SELECT household, household AS name FROM about
UNION SELECT p.household, 'hukou_population/' || y.end_id
FROM person AS p JOIN link_REGISTERED_IN_Person_HukouBook AS y ON y.start_id = p.person
WHERE y.valid_to IS NULL
UNION SELECT p.household, m.end_id
FROM person AS p JOIN link_MEMBER_OF_Person_Household AS m ON m.start_id = p.person
WHERE (m.valid_from IS NULL OR m.valid_from < $as_of_end)
  AND (m.valid_to IS NULL OR m.valid_to > $as_of)
ORDER BY household, name
"""

# What was found against what the household declared, and what weighs on it.
_PICTURE = """
CREATE OR REPLACE TABLE picture AS
WITH side AS (
    SELECT k.household, h.direction, h.detector, any_value(t.zh) AS zh, any_value(t.en) AS en,
           max(h.months) AS months, sum(h.exposure_cny)::DOUBLE AS exposure_cny,
           max(h.month_to) AS month_to
    FROM (SELECT * FROM hits UNION ALL SELECT * FROM other_side) AS h
    JOIN title AS t USING (detector)
    JOIN known_as AS k ON k.name = h.household AND (h.direction = 'leak' OR k.household = k.name)
    WHERE NOT h.cleared GROUP BY k.household, h.direction, h.detector),
listed AS (
    SELECT household,
           list(struct_pack(detector := detector, en := en, exposure_cny := exposure_cny,
                            month_to := month_to, months := months, zh := zh)
                ORDER BY detector) FILTER (direction = 'error') AS assets,
           list(struct_pack(detector := detector, en := en, exposure_cny := exposure_cny,
                            month_to := month_to, months := months, zh := zh)
                ORDER BY detector) FILTER (direction = 'leak') AS burdens
    FROM side GROUP BY household)
SELECT household, to_json(struct_pack(
    assets := coalesce(assets, []), burdens := coalesce(burdens, []),
    "text" := struct_pack(
        en := 'Found against the declaration: '
              || coalesce(array_to_string(list_transform(assets, a -> a.en), ', '), 'nothing')
              || '. Burdens found: '
              || coalesce(array_to_string(list_transform(burdens, a -> a.en), ', '), 'none') || '.',
        zh := '与申报不符：'
              || coalesce(array_to_string(list_transform(assets, a -> a.zh), '、'), '无')
              || '；查到的困难：'
              || coalesce(array_to_string(list_transform(burdens, a -> a.zh), '、'), '无') || '。'),
    unchecked := ?))::VARCHAR AS net_picture
FROM listed
"""


def build_known_as(facts: Facts, *, as_of: date, as_of_end: date) -> None:
    """Make ``known_as``: every household of ``about`` with the names leaks may call it by.

    Args:
        facts: Holds ``about``, with a column ``household``.
        as_of: First day of the month.
        as_of_end: First day after it.
    """
    facts.con.execute(_KNOWN_AS, {"as_of": as_of, "as_of_end": as_of_end})


def build_pictures(facts: Facts, *, unchecked: list[str]) -> None:
    """Make ``picture``: for every household of ``known_as`` both its sides as ``net_picture``.

    Args:
        facts: Holds ``known_as``, ``hits``, ``title`` and ``other_side`` (hits of detectors that
            ran for the two-sided rule only).
        unchecked: Leak detectors that were frozen, named in every picture.
    """
    facts.con.execute(_PICTURE, [unchecked])
