"""Where the graph is, what its server may use, and the server's own settings file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Neo4jSettings:
    """Where the graph is and what its server may use.

    Attributes:
        uri: A server of your own; empty: the managed one.
        user: User of your own server.
        password: Its password; never printed.
        home: An installed Neo4j to run instead of the fetched one.
        java: A Java 17 or newer to run it on, program or folder; empty: the packaged one.
        heap: Heap, such as ``1g``; also the start size.
        pagecache: Page cache, such as ``512m``.
        bolt_port: Port on loopback; 0: a free one, the last one again where possible.
        http_port: The same for Browser.
    """

    uri: str = ""
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    home: str = ""
    java: str = ""
    heap: str = "1g"
    pagecache: str = "512m"
    bolt_port: int = 0
    http_port: int = 0


@dataclass(frozen=True)
class ServerAddress:
    """How to reach a server."""

    uri: str
    user: str
    password: str = field(repr=False)
    browser_url: str = ""

    @property
    def bolt_port(self) -> int:
        """The port of a managed server's URI."""
        return int(self.uri.rpartition(":")[2])

    @property
    def http_port(self) -> int:
        """The port of its Browser."""
        return int(self.browser_url.split(":")[2].partition("/")[0])


def local_address(ports: tuple[int, int], password: str) -> ServerAddress:
    """The address of a managed server: Bolt and Browser on loopback."""
    bolt, http = ports
    browser = f"http://127.0.0.1:{http}/browser/"
    return ServerAddress(f"bolt://127.0.0.1:{bolt}", "neo4j", password, browser)


def prepare_store(
    store: Path, settings: Neo4jSettings, *, ports: tuple[int, int] = (7687, 7474)
) -> None:
    """Make a store's folders and its ``neo4j.conf``: loopback only, no file or network reading.

    Args:
        store: The store's folder, made if missing.
        settings: Memory limits.
        ports: Bolt and HTTP.
    """
    for name in ("data", "logs", "import", "plugins", "run", "conf", "lib", "licenses", "tmp"):
        (store / name).mkdir(parents=True, exist_ok=True)
    lines = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{ports[0]}",
        "server.bolt.advertised_address": f"127.0.0.1:{ports[0]}",
        "server.http.enabled": "true",
        "server.http.listen_address": f"127.0.0.1:{ports[1]}",
        "dbms.usage_report.enabled": "false",
        # Unset, LOAD CSV reads any file of the machine.
        "server.directories.import": "import",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        "server.memory.heap.initial_size": settings.heap,
        "server.memory.heap.max_size": settings.heap,
        "server.memory.pagecache.size": settings.pagecache,
        "db.tx_log.rotation.retention_policy": "keep_none",
        # Nobody is left to wait for when we stop it; the default is ten idle seconds.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    }
    text = "".join(f"{key}={value}\n" for key, value in lines.items())
    (store / "conf" / "neo4j.conf").write_text(text, "utf-8")
