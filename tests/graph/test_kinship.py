"""Marriages with their ends, kin with paths, family components."""

from __future__ import annotations

from collections import deque
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from doudi.graph.kinship import MAX_CHILDREN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.graph.conftest import Facts, Made

    Make = Callable[..., Made]


def marry(facts: Facts, a: str, b: str, on: date | None = None, **values: Any) -> str:  # noqa: ANN401 - free values
    return facts.link("SPOUSE_OF.Person.Person", a, b, valid_from=on, **values)


def parent(facts: Facts, elder: str, child: str, **values: Any) -> str:  # noqa: ANN401 - free values
    return facts.link("PARENT_OF.Person.Person", elder, child, **values)


def die(facts: Facts, who: str, on: date, **values: Any) -> None:  # noqa: ANN401 - free values
    facts.link("DIED.Person.DeathRecord", who, f"funeral/{who}", valid_from=on, **values)


def kin(made: Made) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["start_id"], row["end_id"]): row for row in made.links("KIN_OF.Person.Person")}


def test_a_divorce_after_the_wedding_closes_the_marriage(facts: Facts, made: Make) -> None:
    marry(facts, "h", "w", date(2010, 5, 1))
    facts.link("DIVORCED_FROM.Person.Person", "w", "h", valid_from=date(2020, 3, 4))
    (tie,) = made().links("SPOUSE_OF.Person.Person")
    assert (tie["valid_from"], tie["valid_to"]) == (date(2010, 5, 1), date(2020, 3, 4))


def test_remarriage_to_each_other_stays_open(facts: Facts, made: Make) -> None:
    marry(facts, "h", "w", date(2010, 5, 1))
    facts.link("DIVORCED_FROM.Person.Person", "h", "w", valid_from=date(2020, 3, 4))
    marry(facts, "h", "w", date(2021, 1, 1))
    first, second = made().links("SPOUSE_OF.Person.Person")
    assert first["valid_to"] == date(2020, 3, 4)
    assert second["valid_to"] is None


def test_the_earlier_of_divorce_and_death_counts(facts: Facts, made: Make) -> None:
    marry(facts, "h", "w", date(2010, 5, 1))
    facts.link("DIVORCED_FROM.Person.Person", "h", "w", valid_from=date(2020, 3, 4))
    die(facts, "h", date(2019, 1, 1))
    (tie,) = made().links("SPOUSE_OF.Person.Person")
    assert tie["valid_to"] == date(2019, 1, 1)


def test_a_death_by_name_only_closes_nothing(facts: Facts, made: Make) -> None:
    marry(facts, "h", "w", date(2010, 5, 1))
    die(facts, "h", date(2019, 1, 1), grade="name_only")
    (tie,) = made().links("SPOUSE_OF.Person.Person")
    assert tie["valid_to"] is None


def test_a_later_wedding_of_either_to_somebody_else_closes_the_marriage(
    facts: Facts, made: Make
) -> None:
    marry(facts, "h", "first", date(2000, 5, 1))
    marry(facts, "second", "h", date(2015, 6, 1))
    first, second = made().links("SPOUSE_OF.Person.Person")
    assert (first["end_id"], first["valid_to"]) == ("first", date(2015, 6, 1))
    assert (second["start_id"], second["valid_to"]) == ("second", None)


def test_a_later_wedding_by_name_only_closes_nothing(facts: Facts, made: Make) -> None:
    marry(facts, "h", "first", date(2000, 5, 1))
    marry(facts, "h", "second", date(2015, 6, 1), grade="name_only")
    assert [tie["valid_to"] for tie in made().links("SPOUSE_OF.Person.Person")] == [None, None]


def test_nobody_knows_whether_a_wedding_is_later_than_an_undated_tie(
    facts: Facts, made: Make
) -> None:
    marry(facts, "h", "today")
    marry(facts, "h", "former", date(2000, 5, 1))
    ties = {tie["end_id"]: tie for tie in made().links("SPOUSE_OF.Person.Person")}
    assert ties["today"]["valid_to"] is None


def test_an_undated_tie_does_not_double_the_marriage_on_file(facts: Facts, made: Make) -> None:
    wedding = marry(facts, "h", "w", date(2010, 5, 1), row=5)
    marry(facts, "w", "h", row=8)
    marry(facts, "h", "w", row=9)
    (tie,) = made().links("SPOUSE_OF.Person.Person")
    assert tie["rid"] == wedding
    assert tie["rows"] == "2026-04:5,2026-04:8,2026-04:9"


def test_an_undated_tie_alone_is_a_marriage_from_husband_to_wife(facts: Facts, made: Make) -> None:
    facts.node("Person", "w", sex="女")
    facts.node("Person", "h", sex="男")
    marry(facts, "w", "h", start_name_token="of w", end_name_token="of h")  # noqa: S106 - no password
    (tie,) = made().links("SPOUSE_OF.Person.Person")
    assert (tie["start_id"], tie["end_id"], tie["valid_from"]) == ("h", "w", None)
    assert (tie["start_name_token"], tie["end_name_token"]) == ("of h", "of w")


def test_kin_have_degree_path_and_ties(facts: Facts, made: Make) -> None:
    to_me, to_brother = parent(facts, "mother", "me"), parent(facts, "mother", "brother")
    to_nephew = parent(facts, "brother", "nephew")
    wedding = marry(facts, "brother", "wife", date(2010, 1, 1))
    found = kin(made())
    assert {k: (v["degree"], v["path"]) for k, v in found.items() if k[0] == "me"} == {
        ("me", "mother"): (1, "P"),
        ("me", "brother"): (2, "PC"),
        ("me", "nephew"): (3, "PCC"),
        ("me", "wife"): (2, "PCS"),
    }
    assert found["me", "nephew"]["via"] == [to_me, to_brother, to_nephew]
    assert (found["nephew", "me"]["path"], found["nephew", "me"]["via"]) == (
        "PPC",
        [to_nephew, to_brother, to_me],
    )
    assert found["wife", "me"]["path"] == "SPC"
    assert found["wife", "me"]["via"] == [wedding, to_brother, to_me]
    assert found["me", "wife"]["valid_from"] == date(2010, 1, 1)


def test_spouses_are_kin_of_degree_zero(facts: Facts, made: Make) -> None:
    marry(facts, "h", "w", date(2010, 1, 1))
    found = kin(made())
    assert (found["h", "w"]["degree"], found["w", "h"]["path"]) == (0, "S")


def test_two_marriages_in_one_path_make_no_kin(facts: Facts, made: Make) -> None:
    marry(facts, "a", "b", date(2010, 1, 1))
    marry(facts, "b", "c", date(2010, 1, 1))
    assert ("a", "c") not in kin(made())


def test_the_other_parent_of_a_child_is_no_kin_by_that(facts: Facts, made: Make) -> None:
    parent(facts, "father", "child")
    parent(facts, "mother", "child")
    assert ("father", "mother") not in kin(made())


def test_fourth_degree_is_too_far(facts: Facts, made: Make) -> None:
    for elder, child in (("g", "p"), ("g", "u"), ("p", "me"), ("u", "cousin")):
        parent(facts, elder, child)
    found = kin(made())
    assert ("me", "u") in found
    assert ("me", "cousin") not in found


def test_kin_by_a_marriage_that_ended_ends_with_it(facts: Facts, made: Make) -> None:
    parent(facts, "mother", "w")
    marry(facts, "h", "w", date(2010, 1, 1))
    facts.link("DIVORCED_FROM.Person.Person", "h", "w", valid_from=date(2020, 3, 4))
    found = kin(made())
    assert (found["h", "mother"]["path"], found["h", "mother"]["valid_to"]) == (
        "SP",
        date(2020, 3, 4),
    )


def kin_of(made: Made, one: str, two: str) -> list[dict[str, Any]]:
    rows = made.links("KIN_OF.Person.Person")
    ties = [row for row in rows if (row["start_id"], row["end_id"]) == (one, two)]
    assert len({row["rid"] for row in ties}) == len(ties)
    return sorted(ties, key=lambda row: (row["degree"], row["path"]))


def test_a_marriage_that_ended_hides_no_blood(facts: Facts, made: Make) -> None:
    for elder, child in (("g", "uncle"), ("g", "mother"), ("mother", "niece")):
        parent(facts, elder, child)
    marry(facts, "uncle", "niece", date(2010, 1, 1))
    facts.link("DIVORCED_FROM.Person.Person", "uncle", "niece", valid_from=date(2020, 3, 4))
    spouse, blood = kin_of(made(), "niece", "uncle")
    assert (spouse["path"], spouse["degree"], spouse["valid_to"]) == ("S", 0, date(2020, 3, 4))
    assert (blood["path"], blood["degree"], blood["valid_to"]) == ("PPC", 3, None)


def test_a_way_that_adds_nothing_is_left_out(facts: Facts, made: Make) -> None:
    for elder, child in (("g", "uncle"), ("g", "mother"), ("mother", "niece")):
        parent(facts, elder, child)
    marry(facts, "uncle", "niece")
    (only,) = kin_of(made(), "uncle", "niece")
    assert (only["path"], only["degree"]) == ("S", 0)


def test_a_weak_near_tie_hides_no_strong_one(facts: Facts, made: Make) -> None:
    parent(facts, "elder", "me", grade="linked")
    parent(facts, "g", "elder")
    parent(facts, "g", "father")
    parent(facts, "father", "me")
    near, far = kin_of(made(), "me", "elder")
    assert (near["path"], near["grade"]) == ("P", "linked")
    assert (far["path"], far["grade"]) == ("PPC", "exact")


def test_of_equal_ways_the_strongest_stands(facts: Facts, made: Make) -> None:
    for child in ("a", "b"):
        parent(facts, "a father", child, grade="linked")
        parent(facts, "mother", child)
    (tie,) = kin_of(made(), "a", "b")
    assert (tie["path"], tie["grade"]) == ("PC", "exact")


def test_the_grade_of_kin_is_the_weakest_tie(facts: Facts, made: Make) -> None:
    parent(facts, "m", "a", grade="repaired")
    parent(facts, "m", "b", grade="linked")
    parent(facts, "m", "c", grade="possible")
    found = kin(made())
    assert found["a", "b"]["grade"] == "linked"
    assert ("a", "c") not in found
    assert found["a", "b"]["derived"]
    assert found["a", "b"]["source"] == "derived"


def test_one_number_copied_to_a_village_makes_no_kin(facts: Facts, made: Make) -> None:
    for n in range(MAX_CHILDREN + 1):
        parent(facts, "copied", f"c{n}")
    parent(facts, "m", "a")
    projection = made()
    assert set(kin(projection)) == {("m", "a"), ("a", "m")}
    assert "31 parent ties left out" in projection.receipt.notes[0]


def test_a_loop_of_ancestors_does_no_harm(facts: Facts, made: Make) -> None:
    parent(facts, "a", "b")
    parent(facts, "b", "a")
    assert kin(made())["a", "b"]["degree"] == 1


def test_components_join_by_blood_and_marriage(facts: Facts, made: Make) -> None:
    parent(facts, "p3", "p1")
    marry(facts, "p3", "p2", date(2010, 1, 1))
    facts.node("Person", "p9")
    people = made().nodes("Person")
    assert {p: row["component"] for p, row in people.items()} == {
        "p1": "p1",
        "p2": "p1",
        "p3": "p1",
        "p9": "p9",
    }


def walked(parents: set[tuple[str, str]], spouses: set[tuple[str, str]]) -> dict[Any, int]:
    """Degrees by a plain search over (person, last step, spouse used): an independent answer."""
    people = {p for tie in parents | spouses for p in tie}
    found: dict[Any, int] = {}
    for ego in people:
        queue: deque[tuple[str, str, bool, int]] = deque([(ego, "", False, 0)])
        seen: dict[tuple[str, str, bool], int] = {}
        while queue:
            who, last, wed, degree = queue.popleft()
            if seen.get((who, last, wed), 99) <= degree:
                continue
            seen[who, last, wed] = degree
            if who != ego:
                found[ego, who] = min(found.get((ego, who), 99), degree)
            up = [e for e, c in parents if c == who] if last != "C" and degree < 3 else []
            down = [c for e, c in parents if e == who] if degree < 3 else []
            over = [b for t in spouses for a, b in (t, t[::-1]) if a == who] if not wed else []
            queue.extend((p, "P", wed, degree + 1) for p in up)
            queue.extend((c, "C", wed, degree + 1) for c in down)
            queue.extend((s, "S", True, degree) for s in over)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_degrees_agree_with_a_plain_search(facts: Facts, made: Make, seed: int) -> None:
    import random

    draw = random.Random(seed)  # noqa: S311 - no secret
    names = [f"p{n:02d}" for n in range(40)]
    parents = {(names[a], names[b]) for b in range(8, 40) for a in draw.sample(range(b), 2)}
    spouses = {(names[a], names[b]) for a, b in zip(range(0, 20, 2), range(1, 20, 2), strict=True)}
    for elder, child in sorted(parents):
        parent(facts, elder, child)
    for a, b in sorted(spouses):
        marry(facts, a, b)
    assert {pair: row["degree"] for pair, row in kin(made()).items()} == walked(parents, spouses)
