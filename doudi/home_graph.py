"""The graph of a home: projected from its tables, brought into Neo4j, served while it is needed."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from doudi.graph.neo4j_settings import Neo4jSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

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
        """The projection of what is known now, made again only when tables or schema changed."""
        from doudi.graph.neo4j_process import exclusive
        from doudi.graph.projection import Projection

        with exclusive(self.folder / "project.lock"):
            if not self._is_projected():
                with self.console.stage("整理事实与推导关系", "deriving relations") as progress:
                    self._project_anew(progress)
        return Projection(self.home.projection)

    def _is_projected(self) -> bool:
        built = self.home.projection / "built.json"
        if not built.exists():
            return False
        said: dict[str, str] = json.loads(built.read_text("utf-8"))
        return self._made_of().items() <= said.items()

    def _made_of(self) -> dict[str, str]:
        """What a projection depends on: the facts, and the code that derives from them."""
        from doudi import __version__
        from doudi.graph.tables import FactStore

        schema = files("doudi.graph").joinpath("schema.toml").read_bytes()
        code = f"{__version__}/{hashlib.sha256(schema).hexdigest()[:16]}"
        return {"seq": str(FactStore(self.home.tables).next_seq()), "code": code}

    def _project_anew(self, progress: Callable[[str], None]) -> None:
        from doudi.graph.projection import project
        from doudi.graph.tables import FactStore

        fresh = self.home.projection.with_name("projection-new")
        shutil.rmtree(fresh, ignore_errors=True)
        project(FactStore(self.home.tables), fresh, progress=progress)
        state = self._made_of() | {"id": uuid4().hex}  # no two projections are taken for each other
        (fresh / "built.json").write_text(json.dumps(state), "utf-8")
        shutil.rmtree(self.home.projection, ignore_errors=True)
        fresh.rename(self.home.projection)

    @contextmanager
    def served(self, *, keep: bool = True) -> Iterator[tuple[Connection, Projection]]:
        """A connection to the graph, built where it is not current, and its projection."""
        from doudi.graph.server import running

        projection = self.project()
        is_imported = self._import_first()
        with running(self.folder, self.settings, keep=keep, progress=self._server_says) as c:
            self._fill(c, is_imported=is_imported)
            yield c, projection

    @contextmanager
    def projected(self, day: date | None) -> Iterator[Projection]:
        """The projection of what was known at a day, beside today's where more is known now."""
        from doudi.graph.projection import Projection, project
        from doudi.graph.tables import FactStore

        today = self.project()
        if day is None or today.as_known is None or today.as_known <= day:
            yield today
            return
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="known-") as name:
            then = Path(name) / "projection"
            with self.console.stage(f"还原至 {day}", f"back to {day}") as progress:
                project(FactStore(self.home.tables), then, as_known=day, progress=progress)
            yield Projection(then)

    @contextmanager
    def as_known(self, day: date | None) -> Iterator[tuple[Connection, Projection]]:
        """The graph of what was known at a day; a second one beside it where more is known now."""
        from doudi.graph.neo4j_build import build_graph
        from doudi.graph.server import running

        with self.projected(day) as then:
            if then.folder == self.home.projection:
                with self.served() as both:
                    yield both
                return
            aside = then.folder.with_name("graph")
            settings = replace(self.settings, uri="", bolt_port=0, http_port=0)
            with running(aside, settings, keep=False, progress=self._server_says) as c:
                build_graph(then.folder, connection=c, home_graph_dir=aside, settings=settings)
                yield c, then

    def _server_says(self, step: str) -> None:
        self.console.say(f"Neo4j：{step}", f"Neo4j: {step}")

    @property
    def _marker(self) -> Path:
        """What a managed server holds that does not run; a running one is asked itself."""
        return self.folder / "filled.json"

    def _mark(self) -> str:
        """Id of the node by which a graph says which projection it holds."""
        built = (self.home.projection / "built.json").read_bytes()
        return f"projection/{hashlib.sha256(built).hexdigest()[:32]}"

    def _import_first(self) -> bool:
        """Import a large graph before the server starts, which saves a start; whether it was."""
        from doudi.graph.neo4j_build import wants_import
        from doudi.graph.neo4j_import import import_unserved
        from doudi.graph.server import ManagedServer

        server = ManagedServer(self.folder, self.settings)
        if self.settings.uri or server.status().pid is not None:
            return False
        is_there = self._marker.exists() and self._marker.read_text("utf-8") == self._mark()
        if is_there or not wants_import(self.home.projection):
            return False
        self._marker.unlink(missing_ok=True)
        with self.console.stage("建图（Neo4j）", "building the graph (Neo4j)") as progress:
            import_unserved(self.home.projection, server, progress=progress)
        return True

    def _fill(self, connection: Connection, *, is_imported: bool) -> None:
        """Bring the graph to the projection, unless it says that it holds it already."""
        from doudi.graph.neo4j_build import build_graph
        from doudi.graph.neo4j_import import finish_import

        if connection.has_done(self._mark()):
            return
        connection.forget("projection/")
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
        connection.write_together(list, batch_id=self._mark())
        if not self.settings.uri:
            self._marker.write_text(self._mark(), "utf-8")
