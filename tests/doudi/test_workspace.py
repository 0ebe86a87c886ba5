"""A home opened in a notebook, when its graph has been thrown away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from doudi.workspace import Workspace

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

pytestmark = pytest.mark.neo4j


@pytest.fixture
def bare(handler: Clerk) -> Clerk:
    """A clerk whose home has one lead and no graph."""
    shutil.rmtree(handler.home / "graph")
    return handler


def test_a_lead_without_a_graph_has_its_paid_months(bare: Clerk) -> None:
    workspace = Workspace(bare.home, lang="en")
    (lead_id,) = workspace.leads()["lead_id"]
    assert len(workspace.lead(lead_id).paid) == 3


def test_show_and_report_make_a_thrown_away_graph_anew(bare: Clerk) -> None:
    (lead_id,) = Workspace(bare.home).leads()["lead_id"]
    for words in (("leads", "show", lead_id), ("report", lead_id), ("report",)):
        shutil.rmtree(bare.home / "graph", ignore_errors=True)
        said = bare.types(*words)
        assert said.code == 0, said.err
        assert (bare.home / "graph" / "projection" / "projection.json").exists()
