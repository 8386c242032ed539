"""Credentials that change under a running product: rotated, expired, revoked, and a clock that is wrong."""

import datetime
import hashlib
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness.aws import Cloud, made_of, secret_of
from harness.homes import EAST, ROLE, keys

RUNTIME = {"runtime": {"id": "weather-abcdefghij", "account": "123456789012"}}


@pytest.fixture
def cloud(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"))
    yield cloud
    cloud.close()
    assert cloud.wrong == []


def write(path: Path, text: str):
    """In one step, as tools that rotate keys do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    os.replace(fresh, path)


async def serving(world, cloud, env: dict | None = None):
    env = cloud.environment | EAST | {"AWS_EC2_METADATA_DISABLED": "true"} | (env or {})
    peer = await world.client({"w": RUNTIME}, env=env)
    assert await peer.names() == ["w__echo"]
    return peer


async def test_a_clock_that_is_ten_minutes_behind_is_corrected_by_the_services(world, cloud):
    cloud.ahead = datetime.timedelta(minutes=10)
    write(world.home / ".aws/credentials", f"[default]\n{keys('AKID')}")
    peer = await serving(world, cloud)
    assert await peer.text("w__echo") == "done"
    cloud.ahead = datetime.timedelta(minutes=-10)
    assert await peer.text("w__echo") == "done"


async def test_credentials_of_a_role_that_are_refused_are_asked_for_again(world, cloud):
    write(world.home / ".aws/config", f"[default]\n{ROLE}source_profile = s\n")
    write(world.home / ".aws/credentials", f"[s]\n{keys('AKID')}")
    peer = await serving(world, cloud)
    assert await peer.text("w__echo") == "done"
    assert cloud.roles == 1
    old = cloud.seen[-1].key
    cloud.era, cloud.expired = 1, {old}
    assert {await peer.text("w__echo") for _ in range(3)} == {"done"}
    assert cloud.seen[-1].key != old
    assert cloud.roles == 2


async def test_a_revoked_role_is_an_error_that_says_why_and_the_next_call_may_work(world, cloud):
    config = world.home / ".aws/config"
    write(config, f"[default]\n{ROLE}source_profile = s\n")
    write(world.home / ".aws/credentials", f"[s]\n{keys('AKID')}")
    peer = await serving(world, cloud)
    revoked = ROLE.replace("role/r", "role/forbidden")
    write(config, f"[default]\n{revoked}source_profile = s\n")
    result = await peer.call("w__echo")
    assert result["isError"]
    text = result["content"][0]["text"]
    assert "Upstream 'w' was not called" in text and "AccessDenied" in text
    assert "secret/of" not in text
    assert result["_meta"]["manifold/executed"] == "no"
    write(config, f"[default]\n{ROLE}source_profile = s\n")
    assert await peer.text("w__echo") == "done"


async def test_a_login_is_renewed_with_a_proof_of_its_key_and_kept_for_the_next(world, cloud):
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    session = "arn:aws:iam::123456789012:user/somebody"
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=2)
    token = {"accessKeyId": "AKIDOLD", "secretAccessKey": "s", "sessionToken": "t"}
    token |= {"accountId": "123456789012", "expiresAt": soon.strftime("%Y-%m-%dT%H:%M:%SZ")}
    kept = {"accessToken": token, "refreshToken": "r1", "clientId": "c"} | {
        "dpopKey": private.decode(),
        "idToken": "kept as it is",
    }
    name = hashlib.sha256(session.encode()).hexdigest()
    path = world.home / f".aws/login/cache/{name}.json"
    write(path, json.dumps(kept))
    write(world.home / ".aws/config", f"[default]\nlogin_session = {session}\n")
    await serving(world, cloud)
    key = made_of("login", "c", "refresh_token", "r1")
    assert cloud.seen[-1].key == key
    now = json.loads(path.read_text())
    assert now["accessToken"]["accessKeyId"] == key
    assert now["accessToken"]["secretAccessKey"] == secret_of(key)
    assert (now["refreshToken"], now["idToken"]) == ("after r1", "kept as it is")
    assert path.stat().st_mode & 0o777 == 0o600
