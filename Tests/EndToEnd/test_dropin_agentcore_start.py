"""`mcp-agentcore-proxy` by name: how it starts. The numbers are those of the cases of its contract.

Cases that the original passes are put to the original, too, so that they are known to be right.
"""

import re

import pytest
import pytest_asyncio

from harness.dropin import RUNTIME_SESSION, Edge, Program, TokenService
from harness.world import product

BOTH = ["manifold", "original"]


@pytest_asyncio.fixture
async def edge():
    edge = await Edge().start()
    yield edge
    await edge.close()


@pytest_asyncio.fixture
async def sts():
    sts = await TokenService().start()
    yield sts
    await sts.close()


@pytest.fixture
def ours(world) -> Program:
    return Program(world, "manifold")


@pytest.fixture(params=BOTH)
def program(request, world) -> Program:
    return Program(world, request.param)


async def test_01_without_a_runtime_it_says_what_to_set(program):
    code, out, err = await program.run(None, AGENTCORE_AGENT_ARN=None)
    assert (code, out) == (2, "")
    assert err == "Error: Set AGENTCORE_AGENT_ARN (or AGENT_ARN)\n"


async def test_02_an_empty_first_variable_falls_through(program, edge):
    edge.arn = "x"
    peer = await program.start(edge, AGENTCORE_AGENT_ARN="", AGENT_ARN="x")
    assert await peer.request("ping") == {"method": "ping"}
    assert edge.calls[0].path == "/runtimes/x/invocations"


async def test_03_an_unknown_mode_is_named(program, edge):
    code, out, err = await program.run(edge, RUNTIME_SESSION_MODE="zzz")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "Error: Unsupported runtime session mode: zzz"


async def test_04_a_mode_may_have_blanks_and_capitals(program, edge):
    peer = await program.start(edge, RUNTIME_SESSION_MODE=" REQUEST ")
    await peer.request("ping")
    await peer.request("ping")
    first, second = (call.header(RUNTIME_SESSION) for call in edge.calls)
    assert first.startswith("request-") and second.startswith("request-") and first != second


async def test_05_the_region_of_the_arn_goes_first(ours, edge):
    for region in (None, "eu-central-1"):
        peer = await ours.start(edge, AWS_DEFAULT_REGION=region)
        await peer.request("ping")
    assert [seen[1:] for seen in edge.judge.seen] == [("us-west-2", "bedrock-agentcore")] * 2


async def test_06_the_region_may_be_in_either_variable(ours, edge):
    edge.arn = "x"
    peer = await ours.start(edge, AWS_DEFAULT_REGION=None, AWS_REGION="ap-south-1")
    await peer.request("ping")
    assert edge.judge.seen[0][1] == "ap-south-1"


async def test_06_without_any_region_it_says_so(ours, edge):
    code, out, err = await ours.run(edge, AGENTCORE_AGENT_ARN="x", AWS_DEFAULT_REGION=None)
    assert (code, out) == (1, "")
    assert "region" in err and err.count("\n") == 1
    assert "AGENTCORE_AGENT_ARN is 'x', which is no ARN" in err


@pytest.mark.parametrize("name", ["AGENTCORE_READ_TIMEOUT", "AGENTCORE_CONNECT_TIMEOUT"])
@pytest.mark.parametrize("value", ["abc", "0", "-1", "1.5"])
async def test_07_a_timeout_that_is_no_number_is_one_line(ours, edge, name, value):
    code, out, err = await ours.run(edge, **{name: value})
    assert (code, out) == (2, "")
    assert name in err and value in err and err.count("\n") == 1


async def test_08_without_credentials_it_stays_up_and_says_so(program, edge):
    peer = await program.start(edge, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    for _ in range(2):
        error = await peer.refusal("ping")
        assert error["code"] == -32000
        assert "Unable to locate credentials" in error["message"]
    assert edge.calls == []


async def test_09_an_identity_that_cannot_be_asked_for_ends_it(program, edge, sts):
    sts.refusal = ("AccessDenied", "you may not")
    code, out, err = await program.run(edge, RUNTIME_SESSION_MODE="identity", AWS_ENDPOINT_URL_STS=sts.base)
    assert (code, out) == (2, "")
    assert err.startswith("Error: Unable to call sts:GetCallerIdentity")


async def test_09_an_identity_with_a_part_missing_ends_it(program, edge, sts):
    del sts.identity["UserId"]
    code, out, err = await program.run(edge, RUNTIME_SESSION_MODE="identity", AWS_ENDPOINT_URL_STS=sts.base)
    assert (code, out) == (2, "")
    assert err.startswith("Error: sts:GetCallerIdentity returned incomplete identity")


async def test_10_an_identity_has_the_golden_session(program, edge, sts):
    """11: and so have two processes of it."""
    golden = "identity-49086247-6be1-099b-db7a-b9d8569acf0b"
    for _ in range(2):
        peer = await program.start(edge, RUNTIME_SESSION_MODE="identity", AWS_ENDPOINT_URL_STS=sts.base)
        await peer.request("ping")
    for call in edge.calls:
        assert call.header(RUNTIME_SESSION) == golden and call.header("mcp-session-id") == f"mcp-{golden}"


@pytest.mark.parametrize("name, sent", [(None, "mcpAgentCoreProxy"), ("  ", "mcpAgentCoreProxy"), ("me", "me")])
async def test_12_a_role_is_taken_on(program, edge, sts, name, sent):
    edge.judge.keys = [sts.keys]
    role = "arn:aws:iam::123456789012:role/proxy"
    base = sts.judge.keys[0].environment
    peer = await program.start(
        edge,
        AGENTCORE_ASSUME_ROLE_ARN=role,
        AGENTCORE_ASSUME_ROLE_SESSION_NAME=name,
        AWS_ENDPOINT_URL_STS=sts.base,
        **base,
        AWS_SESSION_TOKEN=None,
    )
    await peer.request("ping")
    assert {(form["Action"], form["RoleArn"], form["RoleSessionName"]) for form in sts.asked} == {("AssumeRole", role, sent)}
    assert edge.judge.seen[0][0] == "ASIAROLE"


async def test_13_a_role_that_is_not_given_ends_it(ours, edge, sts):
    sts.refusal = ("AccessDenied", "you may not")
    role = "arn:aws:iam::123456789012:role/proxy"
    code, out, err = await ours.run(edge, AGENTCORE_ASSUME_ROLE_ARN=role, AWS_ENDPOINT_URL_STS=sts.base)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: Unable to assume role {role}: ") and "you may not" in err


@pytest.mark.parametrize("is_named", [True, False])
async def test_15_a_sign_in_that_is_over_says_what_to_run(ours, edge, is_named):
    """42: the same while it runs."""
    folder = ours.world.home / ".aws"
    folder.mkdir()
    name = "profile work" if is_named else "default"
    settings = "sso_start_url = https://example.com\nsso_region = us-west-2\nsso_account_id = 1\nsso_role_name = r\n"
    (folder / "config").write_text(f"[{name}]\n{settings}")
    nothing = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    nothing["AWS_PROFILE"] = "work" if is_named else None
    words = "aws sso login --profile work" if is_named else "aws sso login"
    peer = await ours.start(edge, **nothing)
    assert await peer.exited() == 2
    told = peer.errors.decode()
    assert told.startswith("Error: AWS SSO session is expired or invalid. Run `" + words + "` to refresh it")


async def test_11_processes_have_sessions_of_their_own(program, edge):
    for _ in range(2):
        peer = await program.start(edge)
        await peer.request("ping")
        await peer.request("ping")
    one, again, other, _ = (call.header(RUNTIME_SESSION) for call in edge.calls)
    assert re.fullmatch(r"session-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one)
    assert one == again and one != other
    assert [call.header("mcp-session-id") for call in edge.calls[:2]] == [f"mcp-{one}"] * 2


async def test_14_a_blank_role_is_none(program, edge):
    peer = await program.start(edge, AGENTCORE_ASSUME_ROLE_ARN="  ")
    await peer.request("ping")


@pytest.mark.parametrize("word", ["--help", "--version"])
async def test_16_help_and_version_are_printed(ours, word):
    code, out, err = await ours.run(None, word)
    assert (code, err) == (0, "")
    assert "mcp-agentcore-proxy" in out


async def test_16_other_words_are_ignored(program, edge):
    peer = await program.start(edge, "whatever")
    await peer.request("ping")


async def test_the_variables_alone_make_serve_the_same_program(world, edge, ours):
    for words in ([], ["serve"]):
        peer = await world.start([product(), *words], env=ours.variables(edge))
        assert (await peer.initialize())["serverInfo"]["name"] == "weather"


async def test_a_configuration_goes_before_the_variables(world, edge, ours):
    peer = await world.serve({"raw": world.raw("few")}, env=ours.variables(edge))
    assert (await peer.initialize())["serverInfo"]["name"] != "weather"
    assert edge.calls == []
