"""AgentCore gateways: names, the tool that searches, pages, sessions that end, tokens, being throttled."""

import json

import pytest
import pytest_asyncio
from harness.agentcore import Gateway, Issuer, error, refused
from harness.emulator import KEY, Emulator
from harness.signatures import Keys

TARGETS = {"crm": ["get_customer", "list__all"], "maths": ["add", "sub", "mul", "div"]}


@pytest_asyncio.fixture
async def gateways():
    """Starts gateways and issuers; what went wrong in one of them fails the test at the end."""
    started = []

    async def start(service):
        started.append(await service.start())
        return service

    yield start
    for service in started:
        await service.close()


def signed(gateway: Gateway) -> dict[str, str]:
    return gateway.judge.keys[0].environment


async def outage(client, name: str) -> str:
    """Why a call did not reach its upstream."""
    result = await client.call(name)
    assert result.get("isError") is True and result["_meta"]["manifold/executed"] == "no", result
    return result["content"][0]["text"]


async def test_every_tool_of_every_target_can_be_called_by_its_published_name(world, gateways):
    gateway = await gateways(Gateway(TARGETS))
    client = await world.client({"gw": gateway.entry()}, env=signed(gateway))
    names = await client.names()
    assert names == [
        "gw__search_tools", "gw__crm___get_customer", "gw__crm___list__all",
        "gw__maths___add", "gw__maths___sub", "gw__maths___mul", "gw__maths___div",
    ]
    for name, own in zip(names, gateway.names, strict=True):
        assert await client.text(name) == f"{own} worked"
    assert [params["name"] for params in gateway.ran] == gateway.names
    assert set(gateway.judge.seen) == {("AKIDEXAMPLE", "us-west-2", "bedrock-agentcore")}
    assert {call.verb for call in gateway.calls} == {"POST"}


async def test_long_names_are_shortened_and_still_lead_to_their_tools(world, gateways):
    tools = [f"a_tool_with_a_name_that_goes_on_and_on_{n}" for n in range(3)]
    gateway = await gateways(Gateway({"target-of-a-long-name": tools}))
    client = await world.client({"gw": gateway.entry()}, env=signed(gateway))
    names = await client.names()
    assert len(set(names)) == 4 and all(len(name) <= 48 for name in names)
    for name, own in zip(names, gateway.names, strict=True):
        assert await client.text(name) == f"{own} worked"


async def test_two_gateways_have_a_search_each_and_the_owner_may_call_it_otherwise(world, gateways):
    one, two = await gateways(Gateway({})), await gateways(Gateway({}))
    entries = {
        "one": one.entry(),
        "two": {**two.entry(), "rename": {Gateway.SEARCH: "find"}},
    }
    client = await world.client(entries, env=signed(one))
    assert await client.names() == ["one__search_tools", "two__find"]
    await client.text("two__find", {"query": "add"})
    assert one.ran == [] and two.ran == [{"name": Gateway.SEARCH, "arguments": {"query": "add"}}]


async def test_pages_that_never_end_are_cut_off(world, gateways):
    gateway = await gateways(Gateway(TARGETS))

    async def endless(call):
        tool = {"name": f"t___{len(gateway.calls)}", "inputSchema": {"type": "object"}}
        await call.json(call.response({"tools": [tool], "nextCursor": "again"}))

    gateway.always("tools/list", endless)
    client = await world.client({"gw": gateway.entry()}, env=signed(gateway))
    assert len(await client.names()) == 2 and len(gateway.seen("tools/list")) == 2


async def test_a_session_whose_time_is_over_is_opened_again(world, gateways):
    gateway = await gateways(Gateway(TARGETS, sessions=True))
    client = await world.client({"gw": gateway.entry()}, env=signed(gateway))
    for _ in range(3):
        assert await client.text("gw__maths___add") == "maths___add worked"
        gateway.expire()
    assert await client.text("gw__maths___add") == "maths___add worked"
    assert len(gateway.ran) == 4 and len(gateway.seen("initialize")) == 4


async def test_a_gateway_that_is_throttled_is_given_the_time_that_it_wants(world, gateways):
    gateway = await gateways(Gateway(TARGETS))
    client = await world.client({"gw": gateway.entry()}, env=signed(gateway))
    await client.names()
    wait = {"limitKey": "calls", "metric": "rps", "retryAfter": 0}
    gateway.on("tools/call", error(-32003, "Rate limit exceeded", data=wait))
    assert await client.text("gw__maths___add") == "maths___add worked"
    gateway.on("tools/call", error(-32003, "Rate limit exceeded", data=wait | {"retryAfter": 3000}))
    result = await client.call("gw__maths___add")
    assert result["isError"] and result["_meta"]["manifold/executed"] == "no"
    assert len(gateway.ran) == 1


async def test_denials_are_final_and_say_what_is_needed(world, gateways):
    gateway = await gateways(Gateway(TARGETS))
    client = await world.client({"gw": gateway.entry()}, env=signed(gateway))
    await client.names()
    gateway.on("tools/call", refused(403, "AccessDeniedException", "Not you"))
    result = await client.call("gw__maths___add")
    assert "InvokeGateway" in result["content"][0]["text"] and gateway.ran == []
    gateway.on("tools/call", error(-32002, "Denied by policy"))
    said = await client.refusal("tools/call", {"name": "gw__maths___add"})
    assert said["code"] == -32002 and len(gateway.seen("tools/call")) == 2


async def test_a_region_that_nothing_says_is_told_with_the_key_that_would(world, gateways):
    gateway = await gateways(Gateway(TARGETS))
    world.configure({"gw": {"gateway": {"url": gateway.url}}})
    nobody = {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1", "AWS_EC2_METADATA_DISABLED": "true"}
    words = ["check", "--probe", "--json", "--config", str(world.config)]
    code, out, _ = await world.run(*words, env=signed(gateway) | nobody)
    [told] = json.loads(out)["upstreams"]
    legs = {leg["name"]: leg for leg in told["legs"]}
    assert code == 1 and legs["credentials"]["outcome"] == "passed", legs
    assert "127.0.0.1:1" in legs["identity"]["detail"] and "name of an AWS region" not in out
    assert "Upstream 'gw': nothing says in which AWS region the gateway is." in told["failure"]
    assert "Set 'region' in its entry, or AWS_REGION." in told["failure"] and gateway.calls == []


async def test_a_gateway_that_is_not_there_is_looked_for_in_its_url(world):
    desk = world.raw("few", json.dumps({"name": "desk", "tools": ["add"]}))
    emulator = await Emulator.start(world, gateways={"maths": {"auth": "iam", "targets": {"desk": desk}}})
    url = f"{emulator.door}/gateways/nobody/mcp"
    world.configure({"gw": {"gateway": {"url": f"{url}?a=b", "region": "us-east-1"}}})
    words = ["check", "--probe", "--config", str(world.config)]
    env = Keys(id=KEY[0], secret=KEY[1]).environment | {"AWS_ENDPOINT_URL_STS": f"{emulator.base}/sts"}
    code, out, _ = await world.run(*words, env=env)
    assert code == 1 and f"address   {url}\n" in out, out
    assert "AgentCore does not find the gateway (404): There is no gateway of this name." in out
    assert "Is 'url' right, with its path, and does it exist?" in out and "qualifier" not in out


@pytest.mark.parametrize("proof", ["basic", "post"])
@pytest.mark.parametrize("place", ["tokenUrl", "issuer"])
async def test_tokens_are_got_kept_and_renewed(world, gateways, proof, place):
    gateway = await gateways(Gateway(TARGETS, auth="jwt"))
    methods = (f"client_secret_{proof}",)
    issuer = await gateways(Issuer(gateway, methods=methods))
    where = {"issuer": issuer.base} if place == "issuer" else {"tokenUrl": issuer.token_url, "proof": proof}
    auth = issuer.jwt(**where, scopes=["crm/read", "crm/write"], audience="gw", resource="https://gw")
    client = await world.client({"gw": gateway.entry(auth=auth)})
    for _ in range(3):
        assert await client.text("gw__maths___add") == "maths___add worked"
    assert len(issuer.forms) == 1 and issuer.proofs == [proof]
    assert issuer.forms[0] | {"scope": "crm/read crm/write", "audience": "gw"} == issuer.forms[0]
    issuer.revoke()
    assert await client.text("gw__maths___add") == "maths___add worked"
    assert len(issuer.forms) == 2 and len(gateway.ran) == 4


async def test_a_wrong_secret_is_said_and_not_shown(world, gateways):
    gateway = await gateways(Gateway(TARGETS, auth="jwt"))
    issuer = await gateways(Issuer(gateway))
    auth = issuer.jwt(tokenUrl=issuer.token_url)
    auth["jwt"]["clientSecret"] = "wrong-secret"
    client = await world.client({"gw": gateway.entry(auth=auth)})
    said = await outage(client, "gw__x")
    assert "invalid_client" in said and "wrong-secret" not in said
    assert b"wrong-secret" not in bytes(client.errors)


async def test_a_gateway_that_lets_in_everybody_is_sent_no_proof(world, gateways):
    gateway = await gateways(Gateway(TARGETS, auth="none"))
    client = await world.client({"gw": gateway.entry()})
    assert await client.text("gw__maths___add") == "maths___add worked"
    assert {call.header("authorization") for call in gateway.calls} == {None}
