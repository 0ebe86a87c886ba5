"""Commands around the graph: neo4j, cypher, policy, doctor."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.options import AsOfOption, HomeOption, JsonOption, LangOption, Neo4jOption, open_line
from doudi.queries import records
from doudi.words import unit

if TYPE_CHECKING:
    from doudi.graph.neo4j_settings import ServerAddress
    from doudi.stages import Line


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    neo4j = typer.Typer(help="图数据库 the graph's own server", no_args_is_help=True)
    for command in (up, down, status, browser):
        neo4j.command()(command)
    app.add_typer(neo4j, name="neo4j")
    policy = typer.Typer(help="政策参数 dated parameters", no_args_is_help=True)
    policy.command()(show)
    policy.command()(diff)
    app.add_typer(policy, name="policy")
    app.command()(cypher)
    app.command()(doctor)


def _server(line: Line) -> Any:  # noqa: ANN401 - imported on use only
    from doudi.graph.server import ManagedServer

    return ManagedServer(line.home.path / "graph", line.neo4j_settings())


def up(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """启动 Start the server and build the graph if it is not current."""
    line = open_line(home, lang=lang, as_json=as_json)
    if line.home.has_tables:
        with line.graph():
            pass
    elif not line.home.settings.neo4j.uri:
        _server(line).up()
    return _say_status(line)


def down(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """停止 Stop the server; one of your own is left alone."""
    line = open_line(home, lang=lang, as_json=as_json)
    _server(line).down()
    own = line.home.settings.neo4j.uri
    if own:
        line.console.say(
            f"{own} 是你自己的服务器，不停止", f"{own} is your own server, left as it is"
        )
        return _say_status(line)
    line.console.say("Neo4j 已停止", "Neo4j is down")
    line.console.receipt({"stage": "neo4j", "ok": True, "exit_code": 0, "running": False})
    return 0


def status(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """状态 Say whether the server runs, and where."""
    return _say_status(open_line(home, lang=lang, as_json=as_json))


def _address(line: Line) -> ServerAddress | None:
    """Where the graph's server answers: your own one's URI, else the managed one's."""
    from doudi.graph.server import running

    settings = line.neo4j_settings()
    if not settings.uri:
        address: ServerAddress | None = _server(line).status().address
        return address
    with running(line.home.path / "graph", settings) as connection:
        return connection.address


def _say_status(line: Line) -> int:
    address = _address(line)
    if address is None:
        line.console.show("Neo4j 未运行", "Neo4j is not running")
    elif address.browser_url:
        line.console.show(
            f"Neo4j 运行中：{address.uri}，浏览器 {address.browser_url}",
            f"Neo4j runs: {address.uri}, browser {address.browser_url}",
        )
    else:
        line.console.show(
            f"你自己的 Neo4j 运行中：{address.uri}", f"your own Neo4j runs: {address.uri}"
        )
    line.console.receipt(_receipt(address))
    return 0


def _receipt(address: ServerAddress | None) -> dict[str, Any]:
    """What a command about the server says to machines; never the password."""
    receipt = {"stage": "neo4j", "ok": True, "exit_code": 0, "running": address is not None}
    if address is None:
        return receipt
    where = {"uri": address.uri, "user": address.user, "browser": address.browser_url or None}
    return receipt | where


def browser(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """在浏览器中查看 Open Neo4j Browser; user and password of our own server are printed."""
    line = open_line(home, lang=lang, as_json=as_json)
    with line.graph() as (connection, _):
        address = _address(line) or connection.address
    if address.browser_url:
        line.console.show(
            f"{address.browser_url}  用户 {address.user}  密码 {address.password}",
            f"{address.browser_url}  user {address.user}  password {address.password}",
        )
    else:
        line.console.show(
            f"在你的 Neo4j Browser 中连接 {address.uri}  用户 {address.user}",
            f"connect your own Neo4j Browser to {address.uri}  user {address.user}",
        )
    line.console.receipt(_receipt(address))
    if address.browser_url and not as_json:
        webbrowser.open(address.browser_url)
    return 0


def cypher(
    query: Annotated[str, typer.Argument(help="Cypher 查询，参数用引号 read query, quoted")],
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    purpose: Annotated[str, typer.Option(help="用途 why, kept in the access log")] = "cypher",
) -> int:
    """只读查询，留痕 Run a guarded, logged read query."""
    from doudi.queries import guarded

    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j)
    frame = guarded(line, query, purpose=purpose)
    line.console.table(list(frame.columns), frame.astype(object).to_numpy().tolist())
    line.console.receipt({"stage": "cypher", "ok": True, "exit_code": 0, "rows": records(frame)})
    return 0


def show(
    name: Annotated[str | None, typer.Argument(help="参数名 name")] = None,
    area: Annotated[str, typer.Option(help="区划代码 area code")] = "",
    as_of: AsOfOption = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """查看参数 Show parameters as they hold in a month."""
    from doudi.policy.show import shown

    line = open_line(home, lang=lang, as_json=as_json)
    month = line.as_of(as_of)
    rows = shown(line.parameters(), month=month, area=area or line.home.settings.area, name=name)
    units = [unit(one, zh=line.console.lang == "zh") for one in rows["unit"]]
    line.console.table(
        list(rows.columns), rows.assign(unit=units).astype(object).to_numpy().tolist()
    )
    line.console.receipt({"stage": "policy", "ok": True, "exit_code": 0, "rows": records(rows)})
    return 0


def diff(
    changes: Annotated[list[str], typer.Argument(help="参数名=数值 name=value ...")],
    as_of: AsOfOption = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """参数变动的影响 Show which households would move under changed parameters."""
    from doudi.policy.show import moved

    line = open_line(home, lang=lang, as_json=as_json)
    rows = moved(line.project(), line.parameters(), changes, month=line.as_of(as_of))
    line.console.table(list(rows.columns), rows.astype(object).to_numpy().tolist())
    line.console.receipt({"stage": "policy", "ok": True, "exit_code": 0, "rows": records(rows)})
    return 0


def doctor(home: HomeOption = None, lang: LangOption = None, as_json: JsonOption = False) -> int:
    """自检 Check the home, the server's parts and the declarations."""
    from doudi.doctor import examine

    line = open_line(home, lang=lang, as_json=as_json)
    findings = examine(line)
    line.console.table(
        ("", "检查", "结果") if line.console.lang == "zh" else ("", "check", "found"),
        [["✓" if f.ok else "✗", f.title, f.found] for f in findings],
    )
    ok = all(f.ok for f in findings)
    receipt = {"stage": "doctor", "ok": ok, "exit_code": 0 if ok else 1}
    line.console.receipt(receipt | {"checks": [f.as_json() for f in findings]})
    return 0 if ok else 1
