"""Proofs that change under load: rotated, expired, revoked and given back, and a clock that is put wrong.

A call is lost only where nothing could have saved it, says so, and has not run; no call runs twice.
"""

import asyncio
import datetime
import json
import sys

import pytest
import pytest_asyncio

from harness.agentcore import Edge, Gateway, Issuer, refused
from harness.aws import Cloud
from harness.dropin import Edge as DropInEdge
from harness.dropin import Program
from harness.homes import EAST, ROLE, keys
from harness.load import Load
from harness.signatures import Keys
from test_credentials_change import RUNTIME, write

PROCESS = """
import json, os, sys
with open(sys.argv[1] + "/runs", "a") as runs:
    runs.write("x")
print(open(sys.argv[1] + "/keys").read())
"""


@pytest_asyncio.fixture
async def edge():
    edge = await Edge().start()
    yield edge
    await edge.close()


@pytest.fixture
def cloud(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"))
    yield cloud
    cloud.close()
    assert cloud.wrong == []


@pytest_asyncio.fixture
async def tokens():
    """A gateway that wants tokens, and who gives them."""
    gateway = await Gateway({"crm": ["get"]}, auth="jwt").start()
    issuer = await Issuer(gateway).start()
    yield gateway, issuer
    await gateway.close()
    await issuer.close()


def section(keys: Keys) -> str:
    token = f"aws_session_token = {keys.token}\n" if keys.token else ""
    return f"[team]\naws_access_key_id = {keys.id}\naws_secret_access_key = {keys.secret}\n{token}"


def ran_once(ran: list[dict]) -> None:
    seen = [json.dumps(params["arguments"]) for params in ran]
    assert len(seen) == len(set(seen))


# Keys


async def test_keys_rotated_on_disk_fail_no_call_in_flight_and_none_after(world, edge):
    runtime = edge.runtime("weather")
    path = world.home / ".aws/credentials"
    write(path, section(edge.judge.keys[0]))
    client = await world.client({"up": edge.entry(runtime, profile="team")})
    assert await client.names() == ["up__work"]
    async with Load(client, "up__work", "weather worked") as load:
        for turn in range(5):
            released = asyncio.Event()

            async def held(call, released=released):
                await released.wait()
                await edge.serve(call)

            edge.on("tools/call", *[held] * 3)
            await load.until(lambda: edge._scripts["tools/call"] == [], "calls in flight")
            old, fresh = edge.judge.keys[-1], Keys(f"ASIAFRESH{turn}", f"secret-{turn}", f"token/{turn}==")
            edge.judge.keys = [old, fresh]
            write(path, section(fresh))
            old.expired = True
            released.set()
            await load.more()
            assert edge.judge.seen[-1][0] == fresh.id
    assert {key for key, _, _ in edge.judge.seen} == {"AKIDEXAMPLE", *(f"ASIAFRESH{turn}" for turn in range(5))}
    assert len(runtime.ran) == load.sent
    ran_once(runtime.ran)


@pytest.mark.parametrize("surface", ["http", "rpc"])
async def test_an_expired_session_token_is_renewed_once_for_all_calls(world, edge, surface):
    edge.speaks_rpc = surface == "rpc"
    runtime = edge.runtime("weather")
    folder = world.home / "kept"
    folder.mkdir()
    (folder / "process.py").write_text(PROCESS)

    def give(keys: Keys) -> None:
        edge.judge.keys.append(keys)
        printed = {"Version": 1, "AccessKeyId": keys.id, "SecretAccessKey": keys.secret}
        write(folder / "keys", json.dumps({**printed, "SessionToken": keys.token}))

    give(Keys("ASIAONE", "one", "token/one"))
    command = f"{sys.executable} {folder}/process.py {folder}"
    write(world.home / ".aws/config", f"[profile team]\ncredential_process = {command}\n")
    client = await world.client({"up": edge.entry(runtime, profile="team")})
    async with Load(client, "up__work", "weather worked", lanes=20) as load:
        await load.more()
        give(Keys("ASIATWO", "two", "token/two"))
        edge.judge.keys[-2].expired = True
        await load.more()
    assert (folder / "runs").read_text() == "xx"
    assert len(runtime.ran) == load.sent
    ran_once(runtime.ran)


async def test_a_clock_that_is_put_wrong_costs_no_call(world, edge):
    runtime = edge.runtime("weather")
    client = await world.client({"up": edge.entry(runtime)}, env=edge.judge.keys[0].environment)
    async with Load(client, "up__work", "weather worked", lanes=20) as load:
        for minutes in (10, 0, -10):
            await load.more()
            edge.judge.ahead = datetime.timedelta(minutes=minutes)
        await load.more()
    assert len(runtime.ran) == load.sent
    ran_once(runtime.ran)
    # Each change spoils what is under way, and nothing that is sent later.
    assert len(edge.seen("tools/call")) <= load.sent + 3 * 20


async def test_the_program_by_name_loses_no_call_either(world):
    edge = await DropInEdge().start()
    path = world.home / ".aws/credentials"
    write(path, section(edge.judge.keys[0]).replace("team", "default"))
    program = Program(world, "manifold")
    client = await program.start(edge, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    await client.initialize()
    async with Load(client, "work", "worked", lanes=20) as load:
        for turn in range(3):
            await load.more()
            old, fresh = edge.judge.keys[-1], Keys(f"ASIAFRESH{turn}", f"secret-{turn}", f"token/{turn}==")
            edge.judge.keys = [old, fresh]
            write(path, section(fresh).replace("team", "default"))
            old.expired = True
            await load.more()
            edge.judge.ahead = datetime.timedelta(minutes=10 * (turn - 1))
        await load.more()
    assert len(edge.ran) == load.sent
    ran_once(edge.ran)
    await edge.close()


# Tokens


async def test_tokens_that_expire_under_load_are_replaced_before_a_call_notices(world, tokens):
    gateway, issuer = tokens
    issuer.life = 2
    auth = issuer.jwt(tokenUrl=issuer.token_url)
    client = await world.client({"up": gateway.entry(auth=auth)})
    async with Load(client, "up__crm___get", "crm___get worked") as load:
        await load.until(lambda: len(issuer.forms) >= 4, "the fourth token")
        await load.more()
    assert len(gateway.seen("tools/call")) == len(gateway.ran) == load.sent
    ran_once(gateway.ran)


async def test_tokens_that_are_withdrawn_under_load_are_replaced_once(world, tokens):
    gateway, issuer = tokens
    auth = issuer.jwt(tokenUrl=issuer.token_url)
    client = await world.client({"up": gateway.entry(auth=auth)})
    async with Load(client, "up__crm___get", "crm___get worked", lanes=20) as load:
        await load.more()
        issuer.revoke()
        await load.more()
    assert len(issuer.forms) == 2 and len(gateway.ran) == load.sent
    ran_once(gateway.ran)


async def test_a_given_token_that_expires_says_so_and_another_one_counts_without_a_restart(world, edge):
    edge.tokens.add("first")
    runtime = edge.runtime("weather", auth="jwt")

    def entry(token: str) -> dict:
        return {"up": edge.entry(runtime, auth={"bearer": token})}

    client = await world.client(entry("first"))
    assert await client.names() == ["up__work"]
    async with Load(client, "up__work", "weather worked", may_fail=True) as load:
        await load.more()
        edge.tokens = {"second"}
        await load.until(lambda: load.failed, "a call that fails")
        world.configure(entry("second"))
        await load.more()
    for result in load.failed:
        text = result["content"][0]["text"]
        # Nobody knows about the calls that are under way while the configuration replaces the upstream.
        assert result["_meta"]["manifold/executed"] == ("unknown" if "being replaced" in text else "no"), text
        assert "first" not in text and "second" not in text
    assert any("Replace the one in 'auth.bearer'" in result["content"][0]["text"] for result in load.failed)
    assert len(runtime.ran) == load.done
    ran_once(runtime.ran)


# Rights


async def test_a_right_that_is_taken_away_is_named_and_its_return_is_noticed(world, edge):
    runtime = edge.runtime("weather")
    client = await world.client({"up": edge.entry(runtime)}, env=edge.judge.keys[0].environment)
    assert await client.names() == ["up__work"]
    async with Load(client, "up__work", "weather worked", may_fail=True) as load:
        await load.more()
        edge.always("tools/call", refused(403, "AccessDeniedException", "User is not authorized"))
        await load.until(lambda: len(load.failed) >= 8, "calls that are denied")
        del edge._always["tools/call"]
        await load.more()
    for result in load.failed:
        text = result["content"][0]["text"]
        assert result["_meta"]["manifold/executed"] == "no"
        assert "'bedrock-agentcore:InvokeAgentRuntime'" in text and "manifold check --probe" in text
    assert len(runtime.ran) == load.done and len(edge.seen("tools/call")) == load.sent
    assert len(edge.seen("initialize")) == 1
    ran_once(runtime.ran)


async def test_a_role_that_is_revoked_says_who_can_help_and_works_again_when_it_is_back(world, cloud):
    write(world.home / ".aws/config", f"[default]\n{ROLE}source_profile = s\n")
    write(world.home / ".aws/credentials", f"[s]\n{keys('AKID')}")
    env = cloud.environment | EAST | {"AWS_EC2_METADATA_DISABLED": "true"}
    client = await world.client({"w": RUNTIME}, env=env)
    assert await client.names() == ["w__echo"]
    async with Load(client, "w__echo", "done", may_fail=True) as load:
        await load.more()
        cloud.revoked, cloud.era = True, 1
        cloud.expired = {cloud.seen[-1].key}
        await load.until(lambda: len(load.failed) >= 8, "calls without a role")
        cloud.revoked = False
        await load.more()
    said = [result["content"][0]["text"] for result in load.failed]
    assert all(result["_meta"]["manifold/executed"] == "no" for result in load.failed)
    assert any("AccessDenied" in text and "'sts:AssumeRole'" in text for text in said), said
    assert not any("secret/of" in text or "token/of" in text for text in said)
    assert cloud.roles == 2
