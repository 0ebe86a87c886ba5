"""What a steward sees of the feeds: which are sick, why, and what stands still because of them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from doudi.detectors.catalogue import catalogue
from doudi.dossier import _feed, render
from doudi.feed_watch import sick_feeds, watch
from doudi.home import Home
from doudi.source_book import needed
from doudi.workspace import Workspace
from tests.doudi.conftest import payments, registers
from tests.loaders.test_feeds import END, cars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doudi.graph.errors import Lang
    from tests.doudi.conftest import Clerk

CAR = "vehicle_registration"


def came(clerk: Clerk, days: Mapping[str, str]) -> None:
    """Every needed feed came on 2026-05-20, but for some."""
    home, _ = Home.open(clerk.home)
    known = dict.fromkeys(sorted(needed(catalogue())), "2026-05-20") | dict(days)
    text = json.dumps({slug: day for slug, day in known.items() if day})
    (home.tables / "feeds.json").write_text(text, "utf-8")


def feeds(clerk: Clerk, code: int) -> dict[str, dict[str, Any]]:
    said = clerk.types("feeds", "--json")
    assert said.code == said.receipt["exit_code"] == code
    return {feed["slug"]: feed for feed in said.receipt["feeds"]}


def kinds(feed: Mapping[str, Any]) -> list[str]:
    return [verdict["kind"] for verdict in feed["verdicts"]]


def test_well_feeds_end_with_0(clerk: Clerk) -> None:
    came(clerk, {})
    found = feeds(clerk, 0)
    assert len(found) > 30
    assert not any(feed["sick"] or feed["freezes"] for feed in found.values())


def test_a_feed_that_never_came_freezes_what_needs_it(clerk: Clerk) -> None:
    came(clerk, {"vehicle_insurance": ""})
    found = feeds(clerk, 3)
    assert [slug for slug, feed in found.items() if feed["sick"]] == ["vehicle_insurance"]
    assert kinds(found["vehicle_insurance"]) == ["missing"]
    assert found["vehicle_insurance"]["freezes"] == ["E16"]
    assert found["vehicle_insurance"]["holds_back"] == ["X02"]


def test_a_stale_feed_freezes_what_needs_it(clerk: Clerk) -> None:
    came(clerk, {CAR: "2026-04-16"})  # weekly, 46 days before the end of May
    found = feeds(clerk, 3)[CAR]
    assert (kinds(found), found["freezes"], found["age_days"]) == (["stale"], ["E15", "E16"], 46)
    verdict = found["verdicts"][0]
    assert "46 天" in verdict["zh"]
    assert "46 days" in verdict["en"]


def test_a_feed_that_is_well_but_too_old_for_a_detector_says_so(clerk: Clerk) -> None:
    own = clerk.home / "detectors" / "error"
    own.mkdir(parents=True)
    source = files("doudi.detectors") / "error" / "e31_unfiled_kin.cypher"
    text = source.read_text("utf-8").replace('"E31"', '"E97"')
    (own / "e97.cypher").write_text(text.replace("kin_filing = 140", "kin_filing = 10"), "utf-8")
    came(clerk, {})
    found = feeds(clerk, 3)["kin_filing"]
    assert (kinds(found), found["freezes"]) == (["late"], ["E97"])


def test_what_the_table_says_detection_does(clerk: Clerk) -> None:
    clerk.loads("2026-03", cars(200))
    clerk.loads("2026-04", cars(60))
    assert sick_feeds(clerk.home, as_of_end=END) == {CAR}
    found = {one.source.slug: one for one in watch(clerk.home, as_of_end=END)}
    assert found[CAR].freezes == ("E15", "E16")
    said = clerk.types("feeds")
    assert said.code == 3
    assert f"{CAR}" in said.out
    assert "shrunken" in said.out
    assert said.has("delivery 2026-04 was stopped", "60 rows, where 200 records are known")


def test_what_never_came_is_no_sick_feed_of_a_detection(clerk: Clerk) -> None:
    clerk.loads("2026-04", cars(200))
    assert sick_feeds(clerk.home, as_of_end=END) == set()


def test_ages_are_measured_at_the_end_of_the_last_paid_month(clerk: Clerk) -> None:
    clerk.loads("2026-01", {**registers(), **payments("2025-12", "2026-01")})
    said = clerk.types("feeds", "--json")
    assert said.receipt["as_of"] == "2026-01"
    assert feeds(clerk, 3)[CAR]["verdicts"] == []
    assert clerk.types("feeds", "--as-of", "2026-02").code == 2


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("数据源状况", "过期", "46 天", "E15, E16", "其余")), ("en", ("Feeds", "stale", "46 days", "are well"))],
)  # fmt: skip  # one case a line
def test_the_report_has_the_sick_feeds_and_their_reasons(
    clerk: Clerk, lang: Lang, words: tuple[str, ...]
) -> None:
    came(clerk, {CAR: "2026-04-16"})
    watched = watch(clerk.home, as_of_end=END)
    page = render(Workspace(clerk.home, lang=lang), [], [], watched)
    for word in words:
        assert word in page
    shown = [_feed(one, lang) for one in watched]
    assert [feed["is_sick"] for feed in shown] == [True] + [False] * (len(shown) - 1)


def test_a_report_of_one_lead_is_not_about_feeds(clerk: Clerk) -> None:
    came(clerk, {})
    assert 'id="feeds"' not in render(Workspace(clerk.home, lang="en"), [], [])
