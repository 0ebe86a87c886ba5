"""The commands about the server, where the office runs one of its own."""

from __future__ import annotations

import json
import os
import webbrowser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from doudi.graph.server import ManagedServer
    from tests.doudi.conftest import Clerk

pytestmark = pytest.mark.neo4j


def never(url: str) -> None:
    pytest.fail(f"opened {url}")


def test_its_address_is_told_and_its_password_is_not(
    served: Clerk, managed_server: ManagedServer
) -> None:
    served.patch.setattr(webbrowser, "open", never)
    uri, password = os.environ["DOUDI_NEO4J_URI"], os.environ["DOUDI_NEO4J_PASSWORD"]
    for command in ("up", "status", "browser", "down"):
        said = served.types("neo4j", command, "--json")
        assert said.code == 0, said.err
        assert (said.receipt["running"], said.receipt["uri"]) == (True, uri)
        assert password not in json.dumps(said.receipt) + said.err
    assert managed_server.status().address is not None
    assert not (served.home / "graph" / "server.json").exists()


def test_people_are_told_where_to_connect_their_browser(served: Clerk) -> None:
    served.patch.setattr(webbrowser, "open", never)
    uri, password = os.environ["DOUDI_NEO4J_URI"], os.environ["DOUDI_NEO4J_PASSWORD"]
    said = served.types("neo4j", "browser")
    assert said.code == 0, said.err
    assert f"connect your own Neo4j Browser to {uri}" in said.out
    assert password not in said.out + said.err
    assert f"your own Neo4j runs: {uri}" in served.types("neo4j", "status").out


def test_one_that_does_not_answer_is_told_with_what_to_do(clerk: Clerk) -> None:
    clerk.patch.setenv("DOUDI_NEO4J_URI", "bolt://127.0.0.1:9")
    said = clerk.types("neo4j", "status", "--json")
    assert said.code == 1
    (message,) = said.receipt["messages"]
    assert message.startswith("bolt://127.0.0.1:9: ")
    assert "next: " in message
