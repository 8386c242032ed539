"""`${secret:ARN}` in a configuration: read from Secrets Manager, never printed."""

import asyncio
import json
import os
import signal

import pytest

from harness.aws import Cloud, secret_of
from harness.homes import in_env
from harness.limits import soon

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:crm-AbCdEf"


@pytest.fixture
def cloud(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"), secrets={ARN: '{"token":"hunter2"}'})
    yield cloud
    cloud.close()
    assert cloud.wrong == []


async def environment_of(peer) -> dict:
    return json.loads(await peer.text("kinds__who"))["environment"]


async def test_a_secret_is_read_at_the_start_and_again_when_the_file_changes(world, cloud):
    def entry(name: str) -> dict:
        return {"kinds": world.raw("kinds", env={name: "x-${secret:%s#token}" % ARN})}

    peer = await world.client(entry("ONE"), env=cloud.environment | in_env("AKID"))
    assert (await environment_of(peer))["ONE"] == "x-hunter2"
    cloud.secrets[ARN] = '{"token":"hunter3"}'
    world.configure(entry("TWO"))
    await peer.says(rb"(was read again)")
    assert (await environment_of(peer))["TWO"] == "x-hunter3"


async def reloading(world, cloud):
    """A client, and a reload that waits for a secret."""
    peer = await world.client({"one": world.raw("few")}, env=cloud.environment | in_env("AKID"))
    assert await peer.names() == ["one__echo"]
    cloud.giving.clear()
    world.configure({"two": world.raw("few", env={"KEY": "${secret:%s#token}" % ARN})})
    await soon(asyncio.to_thread(cloud.asked.wait), "the secret to be asked for")
    return peer


async def test_the_latest_file_is_in_force_in_the_end_however_long_an_earlier_one_takes(world, cloud):
    peer = await reloading(world, cloud)
    world.configure({"three": world.raw("few")})
    os.kill(peer.process.pid, signal.SIGHUP)
    assert await peer.text("one__echo", {"text": "x"}) == "few/echo: x"
    cloud.giving.set()
    await peer.says(rb"(was read again[\s\S]*was read again)")
    assert await peer.text("three__echo", {"text": "x"}) == "few/echo: x"
    assert await peer.names() == ["three__echo"]


async def test_a_reload_that_waits_keeps_no_process_from_ending(world, cloud):
    peer = await reloading(world, cloud)
    os.kill(peer.process.pid, signal.SIGHUP)
    os.kill(peer.process.pid, signal.SIGTERM)
    assert await peer.exited() == 0


async def test_a_secret_that_cannot_be_read_is_an_error_at_its_line(world, cloud):
    missing = ARN.replace("crm", "other")
    world.configure(
        f"upstreams:\n  one:\n    stdio:\n      command: x\n      env:\n        KEY: ${{secret:{missing}}}\n"
    )
    env = cloud.environment | in_env("AKID")
    code, out, err = await world.run("tools", "--config", world.config, env=env)
    assert code == 2
    assert "manifold.yaml:6:14: error:" in err
    assert f"the secret '{missing}' could not be read" in err
    assert "ResourceNotFoundException" in err and secret_of("AKID") not in err


async def test_looking_at_a_configuration_asks_nobody_for_its_secrets(world, cloud):
    world.configure({"kinds": world.raw("kinds", env={"KEY": "${secret:%s}" % ARN})})
    nobody = {"AWS_EC2_METADATA_DISABLED": "true"}
    code, out, err = await world.run("check", "--config", world.config, env=nobody)
    assert (code, "hunter2" in out + err) == (0, False), err
