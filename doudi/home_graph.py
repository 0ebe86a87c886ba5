"""The graph of a home: projected from its tables, brought into Neo4j, served while it is needed."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.neo4j_settings import Neo4jSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.console import Console
    from doudi.graph.connection import Connection
    from doudi.graph.projection import Projection
    from doudi.home import Home


@dataclass(frozen=True)
class HomeGraph:
    """The graph of a home, and the voice of the command that needs it."""

    home: Home
    console: Console

    @property
    def folder(self) -> Path:
        """Where the managed server keeps its stores."""
        return self.home.path / "graph"

    @property
    def settings(self) -> Neo4jSettings:
        """The server settings of the home, in the graph's own terms."""
        return Neo4jSettings(**self.home.settings.neo4j.model_dump())

    def project(self) -> Projection:
        """The projection of what is known now, made again only when tables were added."""
        from doudi.graph.projection import Projection, project
        from doudi.graph.tables import FactStore

        store = FactStore(self.home.tables)
        state = {"seq": store.next_seq()}
        marker = self.home.projection / "built.json"
        if not marker.exists() or json.loads(marker.read_text("utf-8")) != state:
            with self.console.stage("整理事实与推导关系", "deriving relations") as progress:
                fresh = self.home.projection.with_name("projection-new")
                shutil.rmtree(fresh, ignore_errors=True)
                project(store, fresh, progress=progress)
                (fresh / "built.json").write_text(json.dumps(state), "utf-8")
                shutil.rmtree(self.home.projection, ignore_errors=True)
                fresh.rename(self.home.projection)
        return Projection(self.home.projection)

    @contextmanager
    def served(self, *, keep: bool = True) -> Iterator[tuple[Connection, Projection]]:
        """A connection to the graph, built where it is not current, and its projection."""
        from doudi.graph.server import running

        projection = self.project()
        is_imported = self._import_first()
        with running(self.folder, self.settings, keep=keep, progress=self._server_says) as c:
            self._fill(c, is_imported=is_imported)
            yield c, projection

    def _server_says(self, step: str) -> None:
        self.console.say(f"Neo4j：{step}", f"Neo4j: {step}")

    @property
    def _marker(self) -> Path:
        return self.folder / "filled.json"

    def _wanted(self) -> dict[str, str]:
        """What the marker says when the graph holds the projection."""
        built = (self.home.projection / "built.json").read_text("utf-8")
        return {"projection": built, "server": self.settings.uri or "managed"}

    def _is_filled(self) -> bool:
        marker = self._marker
        return marker.exists() and json.loads(marker.read_text("utf-8")) == self._wanted()

    def _import_first(self) -> bool:
        """Import a large graph before the server starts, which saves a start; whether it was."""
        from doudi.graph.neo4j_build import wants_import
        from doudi.graph.neo4j_import import import_unserved
        from doudi.graph.server import ManagedServer

        server = ManagedServer(self.folder, self.settings)
        if self.settings.uri or self._is_filled() or server.status().pid is not None:
            return False
        if not wants_import(self.home.projection):
            return False
        self._marker.unlink(missing_ok=True)
        with self.console.stage("建图（Neo4j）", "building the graph (Neo4j)") as progress:
            import_unserved(self.home.projection, server, progress=progress)
        return True

    def _fill(self, connection: Connection, *, is_imported: bool) -> None:
        """Bring the graph to the projection, unless it is there already."""
        from doudi.graph.neo4j_build import build_graph
        from doudi.graph.neo4j_import import finish_import

        if self._is_filled():
            return
        if is_imported:
            finish_import(self.home.projection, connection)
        else:
            with self.console.stage("建图（Neo4j）", "building the graph (Neo4j)") as progress:
                build_graph(
                    self.home.projection,
                    home_graph_dir=self.folder,
                    connection=connection,
                    settings=self.settings,
                    progress=progress,
                )
        self._marker.write_text(json.dumps(self._wanted()), "utf-8")
