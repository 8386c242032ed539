"""Credentials, regions and endpoints: Manifold chooses what botocore chooses, or both refuse.

Each case is a home with the files of `~/.aws` and an environment. Both programs call the same runtime in the
same cloud on loopback; what counts is what arrives there: the key, the region that was signed for, the
host. Where we want another answer than botocore's, the case says so.
"""

import os
import subprocess
from pathlib import Path

import botocore.config
import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens
import pytest

from harness.aws import Cloud, Seen
from harness.homes import CASES, Case
from harness.world import environment, product

RUNTIME, ACCOUNT = "weather-abcdefghij", "123456789012"
#: Read once: botocore takes a quarter of a second to read them for every session.
MODELS = botocore.loaders.create_loader()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"))
    yield cloud
    cloud.close()
    assert cloud.wrong == []


def furnish(case: Case, home: Path, cloud: Cloud) -> dict[str, str]:
    """Makes the home; the environment in it."""

    def real(text: str) -> str:
        return text.replace("HOME/", f"{home}/").replace("CLOUD", cloud.url)

    files = case.files | {
        name: text
        for name, text in ((".aws/config", case.config), (".aws/credentials", case.credentials))
        if text
    }
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(real(text))
    base = environment(home) | cloud.environment | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": cloud.url}
    return base | {name: real(value) for name, value in case.env.items()}


def ask_botocore(case: Case, home: Path, env, cloud: Cloud, monkeypatch) -> Seen | str:
    """What arrives when botocore calls the runtime, or why nothing does."""
    cloud.seen.clear()
    with monkeypatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, value in env.items():
            patch.setenv(name, value)
        cache = str(home / ".aws/sso/cache")
        patch.setattr(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", cache)
        patch.setattr(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", cache)
        patch.setattr("time.sleep", lambda _: None)
        try:
            session = botocore.session.Session(profile=case.profile)
            session.register_component("data_loader", MODELS)
            once = botocore.config.Config(retries={"total_max_attempts": 1})
            client = session.create_client("bedrock-agentcore", config=once)
            client.invoke_agent_runtime(
                agentRuntimeArn=RUNTIME,
                accountId=ACCOUNT,
                payload=b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
            )
        except Exception as error:  # Whatever it is, nothing was called.
            return f"{type(error).__name__}: {error}"
    return cloud.seen[0]


def ask_manifold(case: Case, home: Path, env, cloud: Cloud) -> Seen | str:
    """The same for Manifold."""
    cloud.seen.clear()
    path = home / "manifold.yaml"
    profile = f", profile: '{case.profile}'" if case.profile else ""
    path.write_text(
        f"upstreams: {{ w: {{ runtime: {{ id: {RUNTIME}, account: '{ACCOUNT}'{profile} }} }} }}"
    )
    run = subprocess.run(
        [product(), "tools", "--config", str(path)], env=env, capture_output=True, timeout=60
    )
    return cloud.seen[0] if cloud.seen else run.stderr.decode() + run.stdout.decode()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_keys_region_and_host_are_chosen_or_none(case, cloud, tmp_path, monkeypatch):
    homes = [tmp_path / "theirs", tmp_path / "ours"]
    for home in homes:
        home.mkdir()
    theirs = ask_botocore(case, homes[0], furnish(case, homes[0], cloud), cloud, monkeypatch)
    ours = ask_manifold(case, homes[1], furnish(case, homes[1], cloud), cloud)
    if case.differs:
        assert isinstance(ours, Seen), ours
        assert f"{ours.key} {ours.region}" == case.differs
        assert not isinstance(theirs, Seen) or theirs != ours
        return
    if isinstance(theirs, Seen):
        assert ours == theirs
    else:
        assert not isinstance(ours, Seen), theirs
        for secret in ("secret/of", "token/of"):
            assert secret not in ours
