"""Signatures: thousands of requests to places drawn at random, every one judged by botocore's own code."""

import asyncio
import random

import pytest

from harness.aws import Cloud, secret_of

KEY = "AKIDSIGNATURES"
ACCOUNT = "123456789012"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": secret_of(KEY),
    "AWS_SESSION_TOKEN": "token/with+all==of/it",
}
ROUNDS = 60


@pytest.fixture
def cloud(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"))
    yield cloud
    cloud.close()


def segment(dice: random.Random) -> str:
    """A piece of a path or query as people may have written it: encoded in part, or not at all."""
    plain = "abzAZ019-._~!$'()*+,;:@"
    encoded = ["%20", "%2F", "%3A", "%C3%A9", "%E1%88%B4", "%7E", "%2b", "%25"]
    pieces = [*plain, *encoded]
    return "".join(dice.choice(pieces) for _ in range(dice.randint(1, 8)))


def address(dice: random.Random, base: str) -> str:
    path = "/".join(
        dice.choice([segment(dice), segment(dice), "", ".", "..", "x"]) for _ in range(4)
    )
    names = [dice.choice([segment(dice), "a", "A", "b"]) for _ in range(dice.randint(0, 4))]
    pairs = [dice.choice([name, f"{name}=", f"{name}={segment(dice)}"]) for name in names]
    query = dice.choice(["", "?"]) + "&".join(pairs) if not pairs else "?" + "&".join(pairs)
    return f"{base}/gateway/{path}{query}"


def header(dice: random.Random) -> str:
    return dice.choice(
        ["plain", "two  spaces   and more", "a\tb", "é and ሴ", 'q"u,o;te=', "x" * 300]
    )


def upstreams(dice: random.Random, cloud: Cloud) -> dict:
    found = {}
    for number in range(12):
        name = f"X-Amzn-Bedrock-AgentCore-Runtime-Custom-{dice.choice(['A', 'b-c', 'Z9'])}"
        runtime = {"headers": {name: header(dice), "X-Free": header(dice)}}
        if number % 2:
            kind = dice.choice(["runtime/w", "runtime/W_9"]) + "-abcdefghij"
            region = dice.choice(["us-east-1", "eu-west-3"])
            runtime["arn"] = f"arn:aws:bedrock-agentcore:{region}:{ACCOUNT}:{kind}"
            runtime["qualifier"] = dice.choice(["DEFAULT", "blue_2"])
        else:
            runtime |= {"id": "w-abcdefghij", "account": ACCOUNT, "region": "ap-south-1"}
            runtime["userId"] = header(dice)
        found[f"r{number}"] = {"runtime": runtime}
        place = {"url": address(dice, cloud.url), "auth": "iam", "region": "us-west-2"}
        found[f"g{number}"] = {"gateway": place}
    return found


@pytest.mark.parametrize("seed", range(2))
async def test_every_signature_is_right_whatever_is_sent_where(world, cloud, seed):
    dice = random.Random(seed)
    env = ENVIRONMENT | {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": cloud.url}
    found = upstreams(dice, cloud)
    peer = await world.client(found, env=env)
    names = await peer.names()
    assert len(names) == len(found)
    for round in range(ROUNDS):
        text = "".join(chr(dice.choice([0x20, 0x41, 0xE9, 0x1234, 0x1F600])) for _ in range(round))
        calls = [peer.text(name, {"text": text, "n": dice.random()}) for name in names]
        assert set(await asyncio.gather(*calls)) == {"done"}
    assert cloud.wrong == []
    assert len(cloud.seen) > len(names) * ROUNDS
