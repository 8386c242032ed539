"""AgentCore Identity: tokens that a workload gets without a secret of its own, from the emulator."""

import json

import pytest

from harness.emulator import KEY, Emulator, sdk
from harness.load import Load
from harness.signatures import Keys
from test_emulator_peers import boto3, variables

DESK = {"name": "desk", "tools": ["add"]}


async def started(world, **more) -> Emulator:
    desk = world.raw("few", json.dumps(DESK))
    return await Emulator.start(
        world,
        runtimes={"plain": sdk(world, "stateless", auth="jwt", clients=["demo"], scopes=["crm/read"])},
        gateways={"crm": {"auth": "jwt", "clients": ["demo"], "scopes": ["crm/read"], "targets": {"desk": desk}}},
        issuer={"clients": {"demo": {"secret": "s", "scopes": ["crm/read", "crm/write"]}}, **more},
        identity={"workloads": ["tools-abcdefghij"], "providers": {"crm": "demo", "broken": "nobody"}},
    )


def entries(emulator: Emulator, **identity) -> dict:
    auth = {"identity": {"provider": "crm", "workload": "tools-abcdefghij", "scopes": ["crm/read"], **identity}}
    auth["identity"] = {name: value for name, value in auth["identity"].items() if value is not None}
    return {
        "run": {"runtime": {"arn": emulator.arn("plain"), "endpoint": emulator.door, "auth": auth}},
        "gw": {"gateway": {"url": f"{emulator.door}/gateways/crm/mcp", "auth": auth}},
    }


def signed(emulator: Emulator) -> dict:
    door = {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": emulator.door}
    return variables(emulator) | door | Keys(id=KEY[0], secret=KEY[1]).environment


async def test_boto3_gets_the_tokens_that_the_emulator_gives(world):
    emulator = await started(world)
    who = {"call": "get_workload_access_token", "arguments": {"workloadName": "tools-abcdefghij"}}
    user = {"call": "get_workload_access_token_for_user_id"}
    by_runtime = {"workloadName": "plain-emulated00", "userId": "me"}
    one, other, unknown, forged = await boto3(
        world,
        emulator,
        who,
        user | {"arguments": by_runtime},
        who | {"arguments": {"workloadName": "nobody"}},
        token(workloadIdentityToken="x"),
    )
    assert one["status"] == other["status"] == 200 and one["workloadAccessToken"] != other["workloadAccessToken"]
    assert (unknown["status"], unknown["code"]) == (404, "ResourceNotFoundException")
    assert (forged["status"], forged["code"]) == (401, "UnauthorizedException")
    proof = one["workloadAccessToken"]
    good, missing, scope, flow = await boto3(
        world,
        emulator,
        token(workloadIdentityToken=proof),
        token(workloadIdentityToken=proof, resourceCredentialProviderName="nothing"),
        token(workloadIdentityToken=proof, scopes=["admin"]),
        token(workloadIdentityToken=proof, oauth2Flow="USER_FEDERATION"),
    )
    bearer = {"Authorization": f"Bearer {good['accessToken']}"}
    assert (await emulator.invoke("plain", "tools/list", key=None, fields=bearer)).status == 200
    assert (missing["status"], missing["code"]) == (404, "ResourceNotFoundException")
    assert (scope["code"], flow["code"]) == ("ValidationException", "ValidationException")


def token(**more) -> dict:
    usual = {"resourceCredentialProviderName": "crm", "scopes": ["crm/read"], "oauth2Flow": "M2M"}
    return {"call": "get_resource_oauth2_token", "arguments": usual | more}


async def test_runtimes_and_gateways_are_called_with_tokens_of_a_provider(world):
    emulator = await started(world)
    client = await world.client(entries(emulator), env=signed(emulator))
    assert await client.text("run__echo", {"text": "hello"}) == "hello"
    assert await client.text("gw__desk___add") is not None
    assert asked(emulator) == 2 * 2, "each upstream asks once for each of the two tokens"


def asked(emulator: Emulator) -> int:
    return bytes(emulator.listener.errors).count(b"POST /identities/")


async def test_on_a_runtime_the_workload_is_its_own(world):
    emulator = await started(world)
    arn = f"{emulator.arn('plain')}/runtime-endpoint/DEFAULT:DEFAULT"
    env = signed(emulator) | {"OTEL_RESOURCE_ATTRIBUTES": f"service.name=plain.DEFAULT,cloud.resource_id={arn}"}
    client = await world.client(entries(emulator, workload=None), env=env)
    assert await client.text("run__echo", {"text": "hello"}) == "hello"


async def test_tokens_that_expire_under_load_are_replaced_before_a_call_notices(world):
    emulator = await started(world, tokenLife="2 s")
    client = await world.client({"gw": entries(emulator)["gw"]}, env=signed(emulator))
    right = await client.text("gw__desk___add")
    async with Load(client, "gw__desk___add", right) as load:
        await load.until(lambda: asked(emulator) >= 2 * 3, "the third token")
        await load.more()


@pytest.mark.parametrize(
    "trouble, words",
    [
        ({"provider": "nothing"}, "'provider' ('nothing')"),
        ({"workload": "nobody"}, "'workload' ('nobody')"),
        ({"workload": None}, "Set 'workload' in 'auth.identity'"),
        ({"scopes": ["admin"]}, "ValidationException"),
        ({"fault": "accessDenied"}, "'bedrock-agentcore:GetResourceOauth2Token'"),
    ],
    ids=["provider", "workload", "none", "scope", "denied"],
)
async def test_why_there_is_no_token_is_said(world, trouble, words):
    emulator = await started(world)
    if fault := trouble.pop("fault", None):
        await emulator.fault(fault, target="identity", count=100)
    client = await world.client({"gw": entries(emulator, **trouble)["gw"]}, env=signed(emulator))
    result = await client.call("gw__desk___add")
    assert result["isError"] and words in result["content"][0]["text"], result
    assert result["_meta"]["manifold/executed"] == "no"


async def test_a_probe_tells_whose_tokens_they_are(world):
    emulator = await started(world)
    for provider, outcome in (("crm", "passed"), ("broken", "failed")):
        world.configure({"run": entries(emulator, provider=provider)["run"]})
        _, out, _ = await world.run("check", "--probe", "--config", str(world.config), "--json", env=signed(emulator))
        legs = {leg["name"]: leg for leg in json.loads(out)["upstreams"][0]["legs"]}
        assert legs["credentials"]["outcome"] == outcome, legs
        assert f"'{provider}'" in legs["credentials"]["detail"]
