"""Where the server's parts come from, and what is said when they cannot be had."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import JarsUnavailable, SettingsError
from doudi.graph.jars import VERSION, Bundle, bundle, locked
from doudi.graph.neo4j_settings import Neo4jSettings

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.server import ManagedServer

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def parts(managed_server: ManagedServer) -> Bundle:
    return bundle(managed_server.settings)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path / "repository"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def copied(parts: Bundle, cache: Path) -> Path:
    """A cache folder with the same jars, as links."""
    folder = cache / f"neo4j-{VERSION}"
    folder.mkdir(parents=True)
    for jar in parts.jars:
        (folder / jar.name).symlink_to(jar)
    return folder


def test_the_lock_names_every_file_once() -> None:
    files = [jar.file for jar in locked()]
    assert len(files) == len(set(files)) > 200
    assert all(len(jar.sha256) == 64 for jar in locked())


@pytest.mark.usefixtures("offline")
def test_without_network_the_message_says_what_to_copy_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOUDI_CACHE", str(tmp_path / "cache"))
    with pytest.raises(JarsUnavailable) as told:
        bundle(Neo4jSettings())
    message = str(told.value)
    assert str(tmp_path / "cache" / f"neo4j-{VERSION}") in message
    assert "neo4j.home" in message
    assert "DOUDI_NEO4J_HOME" in message
    assert not list((tmp_path / "cache").rglob("*.jar"))


@pytest.mark.usefixtures("offline")
def test_jars_that_are_there_need_no_network(
    parts: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = copied(parts, tmp_path / "cache")
    monkeypatch.setenv("DOUDI_CACHE", str(tmp_path / "cache"))
    found = bundle(Neo4jSettings())
    assert found.jars == tuple(folder / jar.name for jar in parts.jars)
    assert found.java.exists()


def test_an_altered_jar_is_not_run(
    parts: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    altered = copied(parts, tmp_path / "cache") / parts.jars[0].name
    altered.unlink()
    altered.write_bytes(b"something else")
    monkeypatch.setenv("DOUDI_CACHE", str(tmp_path / "cache"))
    with pytest.raises(JarsUnavailable, match=r"1 of .* differ from the lock, such as") as told:
        bundle(Neo4jSettings())
    assert parts.jars[0].name in str(told.value)


@pytest.mark.usefixtures("offline")
def test_a_truncated_download_is_not_taken(
    parts: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jar = locked()[0]
    (copied(parts, tmp_path / "cache") / jar.file).unlink()
    monkeypatch.setenv("DOUDI_CACHE", str(tmp_path / "cache"))
    group, artifact, version = jar.coordinate.split(":")
    place = tmp_path / "repository" / group.replace(".", "/") / artifact / version
    place.mkdir(parents=True)
    (place / jar.file).write_bytes(b"PK")
    with pytest.raises(JarsUnavailable):
        bundle(Neo4jSettings())
    assert not (place / jar.file).exists()


def test_an_installed_neo4j_is_taken_from_its_lib_folder(parts: Bundle, tmp_path: Path) -> None:
    (tmp_path / "lib").symlink_to(parts.jars[0].parent)
    found = bundle(Neo4jSettings(home=str(tmp_path)))
    assert {jar.name for jar in found.jars} == {jar.name for jar in parts.jars}
    assert all(jar.parent == tmp_path / "lib" for jar in found.jars)


def test_a_home_without_jars_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"neo4j\.home"):
        bundle(Neo4jSettings(home=str(tmp_path)))


def test_a_java_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such Java"):
        bundle(Neo4jSettings(java=str(tmp_path / "java")))


def test_an_old_java_is_a_settings_error(tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n", "utf-8")
    java.chmod(0o755)
    with pytest.raises(SettingsError, match="this is Java 11"):
        bundle(Neo4jSettings(java=str(java)))


def test_a_java_home_is_as_good_as_its_program(parts: Bundle) -> None:
    home = parts.java.resolve().parents[1]
    found = bundle(Neo4jSettings(java=str(home))).java
    assert found.resolve() == parts.java.resolve()
    assert os.access(found, os.X_OK)
