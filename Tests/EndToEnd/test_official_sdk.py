"""The official Python SDK, both generations, in front; published servers behind."""

import json

import pytest

from harness.eras import MODERN, NEWEST
from harness.world import CLIENTS, venv

PIXEL = "image/png"


async def upstreams(world, mode: str) -> dict:
    """Three servers made with SDKs, three published ones, all as their users start them.

    A server made with the second generation can ask with requests of its own in a session only.
    """
    era = {"era": "legacy"} if mode == "auto" else {}
    repository = world.home / "repository"
    await world.execute(["git", "init", "-q", str(repository)])
    return {
        "one": world.sdk("v1", "sdk", "one"),
        "two": world.sdk("v2", "sdk", "two") | era,
        "fast": world.sdk("fastmcp", "sdk", "fast", "fastmcp") | era,
        "time": world.published("v1", "mcp-server-time", "--local-timezone", "UTC"),
        "git": world.published("v1", "mcp-server-git", "--repository", str(repository)),
        "sqlite": world.published("v1", "mcp-server-sqlite", "--db-path", str(world.home / "test.db")),
    }


async def tour(world, generation: str, mode: str = "auto") -> dict:
    # Six interpreters with an SDK each start on two busy cores: longer than the usual first wait.
    world.configure(await upstreams(world, mode), limits={"startWait": "60 s"})
    command, *arguments = world.serving()
    plan = {
        "command": command,
        "args": arguments,
        "env": world.environment,
        "mode": mode,
        "sdk": ["one", "two", "fast"],
        "asks": ["one", "two"],
        "calls": [
            ["time__get_current_time", {"timezone": "UTC"}],
            [
                "time__convert_time",
                {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"},
            ],
            ["git__git_status", {"repo_path": str(world.home / "repository")}],
            ["sqlite__create_table", {"query": "CREATE TABLE t (a INTEGER)"}],
            ["sqlite__write_query", {"query": "INSERT INTO t VALUES (42)"}],
            ["sqlite__read_query", {"query": "SELECT a FROM t"}],
        ],
    }
    code, out, err = await world.execute(
        [venv(generation), str(CLIENTS / "tour.py"), json.dumps(plan)], seconds=120
    )
    assert code == 0, f"{out[-2000:]}\n{err[-4000:]}"
    return json.loads(out)


@pytest.mark.timeout(150)
@pytest.mark.parametrize(
    "generation, mode, version", [("v1", "", NEWEST), ("v2", "auto", MODERN), ("v2", "legacy", NEWEST)]
)
async def test_an_application_meets_everything_that_is_served(world, generation, mode, version):
    met = await tour(world, generation, mode)
    assert met["version"] == version
    for name in (
        "one__echo",
        "two__echo",
        "fast__echo",
        "time__get_current_time",
        "git__git_log",
        "sqlite__read_query",
    ):
        assert name in met["tools"]
    assert {"one__greet", "two__greet", "fast__greet", "sqlite__mcp-demo"} <= set(met["prompts"])
    assert {"sdk://one/note", "sdk://two/note", "sdk://fast/note", "memo://insights"} <= set(met["resources"])
    assert {"sdk://one/by-name/{name}", "sdk://two/by-name/{name}", "sdk://fast/by-name/{name}"} <= set(
        met["templates"]
    )
    assert met["parallel"] == [f"#{n}" for n in range(100)]
    calls = met["calls"]
    for prefix in ("one", "two", "fast"):
        assert calls[f"{prefix}__echo"]["content"][0]["text"] == "é\u2028"
        assert calls[f"{prefix}__add"]["structuredContent"] == {"sum": 2**53 + 1}
        assert calls[f"{prefix}__picture"]["content"][0]["mimeType"] == PIXEL
        assert (
            calls[f"{prefix}__fail"]["isError"] and "fail" in calls[f"{prefix}__fail"]["content"][0]["text"]
        )
        assert calls[f"{prefix}__elicit"]["content"][0]["text"] == "accept: Ada"
        assert [step[0] for step in met["progress"][prefix]] == [1, 2, 3, 4, 5]
        # Of servers that speak lines it is not known which of many calls a log line is about.
        if version == NEWEST:
            assert len([log for log in met["logs"] if log.get("logger", "").startswith(prefix)]) == 5
    for prefix in ("one", "two"):
        assert calls[f"{prefix}__sample"]["content"][0]["text"] == "sampled"
        assert "file:///tour" in calls[f"{prefix}__roots"]["content"][0]["text"]
    assert "UTC" in calls["time__get_current_time"]["content"][0]["text"]
    assert "21:00" in calls["time__convert_time"]["content"][0]["text"]
    assert "42" in calls["sqlite__read_query"]["content"][0]["text"]
    assert not calls["git__git_status"].get("isError")
    await world.witness.saw("cancelled", times=3)
    assert world.witness.count("lingering") == world.witness.count("cancelled") == 3
    assert world.survivors() == []
