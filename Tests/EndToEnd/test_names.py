"""Published names: they fit every client, they route exactly, and they never move."""

import json
import re

FIT = re.compile(r"^[A-Za-z0-9_-]{1,48}$")
LONG = "a" * 200
AWKWARD = [
    "plain",
    "with.dot",
    "with/slash",
    "with space",
    "été",
    LONG,
    LONG + "b",
    "__",
    "a__b",
    "x" * 41,
    "ns:tool",
]


async def both(world, left: list[str], right: list[str], **more):
    upstreams = {
        "left": world.raw("few", json.dumps({"name": "left", "tools": left})),
        "right": world.raw("few", json.dumps({"name": "right", "tools": right})),
    }
    return await world.client(upstreams, **more)


async def test_every_published_name_fits_and_is_its_own(world):
    client = await both(world, AWKWARD, AWKWARD)
    names = await client.names()
    assert len(names) == len(set(names)) == 2 * len(AWKWARD)
    assert [name for name in names if not FIT.match(name)] == []
    assert len({name.lower() for name in names}) == len(names)


async def test_every_published_name_reaches_its_own_tool(world):
    client = await both(world, AWKWARD, AWKWARD)
    names = await client.names()
    reached = [await client.text(name) for name in names]
    assert reached == [f"{side}/{tool}: " for side in ("left", "right") for tool in AWKWARD]


async def test_names_that_clean_up_to_the_same_are_both_reachable(world):
    client = await both(world, ["a.b", "a/b", "a_b", "A_b"], [])
    names = await client.names()
    assert names[0] == "left__a_b"
    assert [await client.text(name) for name in names] == [
        f"left/{t}: " for t in ("a.b", "a/b", "a_b", "A_b")
    ]


async def test_without_prefixes_a_clash_leaves_the_earliest_its_plain_name(world):
    client = await both(world, ["echo", "only-left"], ["echo", "only-right"], names={"prefix": "never"})
    names = await client.names()
    assert names[0] == "echo" and "only-left" in names and "only-right" in names
    assert await client.text("echo") == "left/echo: "
    other = next(name for name in names if name not in ("echo", "only-left", "only-right"))
    assert await client.text(other) == "right/echo: "


async def test_a_longest_name_may_be_configured(world):
    client = await both(world, [LONG], [], names={"maxLength": 64})
    assert [len(name) for name in await client.names()] == [64]


async def test_adding_an_upstream_never_renames_a_tool(world):
    plain = {"names": {"prefix": "never"}}
    second = {"second": world.raw("few", '{"name":"second"}')}
    first = await world.client(second, **plain)
    assert await first.names() == ["echo"]
    await first.stop()
    client = await world.client({"first": world.raw("few", '{"name":"first"}'), **second}, **plain)
    names = await client.names()
    assert len(names) == 2 and "echo" in names
    assert await client.text("echo") == "second/echo: "


async def test_an_upstream_may_have_no_prefix_or_another(world):
    client = await world.client(
        {
            "bare": {**world.raw("few", '{"tools":["a"]}'), "prefix": ""},
            "other": {**world.raw("few", '{"tools":["b"]}'), "prefix": "own"},
        }
    )
    assert await client.names() == ["a", "own__b"]


async def test_a_tool_may_be_renamed_and_hidden(world):
    client = await world.client(
        {
            "few": {
                **world.raw("few", '{"tools":["keep","old","secret","secret_too"]}'),
                "rename": {"old": "new"},
                "hide": ["secret*"],
            }
        }
    )
    assert await client.names() == ["few__keep", "few__new"]
    assert await client.text("few__new") == "few/old: "
    assert (await client.refusal("tools/call", {"name": "few__secret"}))["code"] == -32602
    assert world.witness.count("executed", tool="secret") == 0


async def test_an_upstream_name_outside_the_rules_is_refused_with_its_line(world):
    world.configure("upstreams:\n  Bad_Name: { stdio: { command: cat } }\n")
    code, out, err = await world.run("serve", "--config", world.config)
    assert code == 2 and f"{world.config}:2:" in err and "Bad_Name" in err


async def test_the_order_of_arrival_decides_no_clash(world):
    """The later entry is there first, but nobody has been told any name yet."""
    gate = world.gate()
    upstreams = {
        "left": world.raw("few", '{"name":"left"}', env={"GATE": gate.path}),
        "right": world.raw("few", '{"name":"right"}'),
    }
    client = await world.client(upstreams, names={"prefix": "never"}, limits={"startWait": "30 s"})
    listing = client.begin("tools/list")
    await world.witness.saw("received", method="tools/list")
    gate.open()
    names = [tool["name"] for tool in (await client.answer(listing))["result"]["tools"]]
    assert names[0] == "echo" and len(names) == 2
    assert await client.text("echo") == "left/echo: "
