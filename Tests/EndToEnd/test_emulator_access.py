"""`manifold emulate`: tokens and their issuer, and where programs get credentials from."""

import asyncio
import base64
import json
import urllib.parse

import botocore.exceptions
import botocore.session
import pytest

from harness.emulator import KEY, Emulator, container, sdk

CLIENTS = {"demo": {"secret": "s3cret", "scopes": ["maths/read", "maths/write"]}, "other": {"secret": "x"}}


@pytest.fixture
def emulate(world):
    async def start(**settings) -> Emulator:
        return await Emulator.start(world, issuer={"clients": CLIENTS, **settings.pop("issuer", {})}, **settings)

    return start


async def grant(emulator, client="demo", secret="s3cret", basic=True, **form):
    """Asks for a token."""
    fields = {"Content-Type": "application/x-www-form-urlencoded"}
    form = {"grant_type": "client_credentials", **form}
    if basic:
        fields["Authorization"] = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
    else:
        form |= {"client_id": client, "client_secret": secret}
    body = urllib.parse.urlencode(form).encode()
    return await emulator.request("POST", "/issuer/oauth2/token", body, fields, key=None)


async def token(emulator, **more) -> dict:
    """The field that shows a token."""
    return {"Authorization": f"Bearer {(await grant(emulator, **more)).json['access_token']}"}


# The issuer


async def test_a_client_gets_a_token_that_the_published_key_has_signed(emulate):
    import jwt

    emulator = await emulate(runtimes={"x": {"command": ["x"], "auth": "jwt"}})
    for basic in (True, False):
        answer = await grant(emulator, basic=basic, scope="maths/read")
        assert answer.json["token_type"] == "Bearer" and answer.json["expires_in"] == 3600
    found = await emulator.request("GET", "/issuer/.well-known/openid-configuration", key=None)
    assert found.json["token_endpoint"] == f"{emulator.base}/issuer/oauth2/token"
    keys = await emulator.request("GET", "/issuer/.well-known/jwks.json", key=None)
    key = jwt.PyJWK(keys.json["keys"][0])
    claims = jwt.decode(answer.json["access_token"], key, algorithms=["RS256"], issuer=found.json["issuer"])
    assert (claims["client_id"], claims["scope"], claims["token_use"]) == ("demo", "maths/read", "access")


@pytest.mark.parametrize(
    "wish, error",
    [
        ({"secret": "wrong"}, "invalid_client"),
        ({"client": "nobody"}, "invalid_client"),
        ({"scope": "maths/delete"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_secret": "s3cret"}, "invalid_request"),
    ],
)
async def test_a_wrong_grant_has_the_error_of_its_standard(emulate, wish, error):
    emulator = await emulate(runtimes={"x": {"command": ["x"], "auth": "jwt"}})
    answer = await grant(emulator, **wish)
    assert (answer.status, answer.json) == (400, {"error": error})


# Runtimes with tokens


async def test_a_token_lets_in_and_reaches_the_program_only_if_listed(world, emulate):
    emulator = await emulate(
        runtimes={
            "plain": container(world, auth="jwt", clients=["demo"]),
            "listed": container(world, auth="jwt", headers=["Authorization"]),
        }
    )
    shown = await token(emulator)
    plain = await emulator.invoke("plain", key=None, fields=shown)
    seen = {name.lower() for name, _ in plain.json["result"]["headers"]}
    assert "authorization" not in seen and "workloadaccesstoken" in seen
    listed = await emulator.invoke("listed", key=None, fields=shown)
    assert ["Authorization", shown["Authorization"]] in listed.json["result"]["headers"]


async def test_without_a_token_it_is_said_where_to_get_one(world, emulate):
    emulator = await emulate(runtimes={"plain": container(world, auth="jwt")})
    answer = await emulator.invoke("plain", key=None, qualifier="DEFAULT")
    assert (answer.status, answer.json["error"]["code"]) == (401, -32001)
    assert answer.json["error"]["message"] == "Missing Authentication Token"
    address = answer.fields["www-authenticate"].removeprefix('Bearer resource_metadata="').removesuffix('"')
    path = emulator.path("plain", "invocations/.well-known/oauth-protected-resource", "DEFAULT")
    assert address == emulator.base + path
    metadata = await emulator.request("GET", path, key=None)
    assert metadata.json == {
        "authorization_servers": [f"{emulator.base}/issuer"],
        "resource": emulator.base + emulator.path("plain", qualifier="DEFAULT"),
    }


async def test_tokens_are_judged_as_the_service_does(world, emulate):
    emulator = await emulate(runtimes={"plain": container(world, auth="jwt", clients=["other"], scopes=["a/b"])})
    broken = await emulator.invoke("plain", key=None, fields={"Authorization": "Bearer x.y"})
    assert (broken.status, broken.json) == (403, {"message": "OAuth authorization failed: Failed to parse token"})
    foreign = await emulator.invoke("plain", key=None, fields=await token(emulator))
    assert foreign.status == 401
    assert foreign.json["error"]["message"] == "Claim 'client_id' value mismatch with configuration."
    good = await token(emulator, client="other", secret="x")
    scope = await emulator.invoke("plain", key=None, fields=good)
    assert scope.status == 403 and 'error="insufficient_scope"' in scope.fields["www-authenticate"]
    head, claims, signature = good["Authorization"].split(".")
    other = json.dumps({"iss": f"{emulator.base}/issuer", "client_id": "other", "exp": 9999999999, "scope": "a/b"})
    forged = f"{head}.{base64.urlsafe_b64encode(other.encode()).rstrip(b'=').decode()}.{signature}"
    answer = await emulator.invoke("plain", key=None, fields={"Authorization": forged})
    assert answer.status == 401 and "signature" in answer.json["error"]["message"]


async def test_a_token_expires(world, emulate):
    emulator = await emulate(runtimes={"plain": container(world, auth="jwt")})
    shown = await token(emulator)
    assert (await emulator.invoke("plain", key=None, fields=shown)).status == 200
    await emulator.fault("skew", seconds=4000)
    expired = await emulator.invoke("plain", key=None, fields=shown)
    assert (expired.status, expired.json["error"]["message"]) == (401, "Token has expired")


async def test_the_wrong_kind_of_proof_is_told_so(world, emulate):
    emulator = await emulate(runtimes={"tokens": container(world, auth="jwt"), "keys": container(world)})
    for answer in (
        await emulator.invoke("tokens"),
        await emulator.invoke("keys", key=None, fields=await token(emulator)),
    ):
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "Authorization method mismatch" in answer.json["error"]["message"]


# Credentials


async def test_instance_metadata_wants_a_token_of_its_own(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    path = "/latest/meta-data/iam/security-credentials/"
    assert (await emulator.request("GET", path, key=None)).status == 401
    ttl = "X-aws-ec2-metadata-token-ttl-seconds"
    for wrong in ({}, {ttl: "0"}, {ttl: "21601"}, {ttl: "x"}):
        assert (await emulator.request("PUT", "/latest/api/token", fields=wrong, key=None)).status == 400
    through = {ttl: "60", "X-Forwarded-For": "10.0.0.1"}
    assert (await emulator.request("PUT", "/latest/api/token", fields=through, key=None)).status == 403
    given = await emulator.request("PUT", "/latest/api/token", fields={ttl: "60"}, key=None)
    shown = {"X-aws-ec2-metadata-token": given.body.decode()}
    role = await emulator.request("GET", path, fields=shown, key=None)
    found = (await emulator.request("GET", path + role.body.decode(), fields=shown, key=None)).json
    assert found["Code"] == "Success"
    key = (found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
    assert (await emulator.invoke("weather", key=key)).status == 200
    assert (await emulator.invoke("weather", key=key[:2])).error == "UnrecognizedClientException"
    await emulator.fault("skew", seconds=3700)
    assert (await emulator.invoke("weather", key=key)).error == "ExpiredTokenException"
    assert (await emulator.request("GET", path, fields=shown, key=None)).status == 401


async def test_a_container_gets_credentials_for_its_token(world, emulate):
    emulator = await emulate(runtimes={"weather": container(world)})
    assert (await emulator.request("GET", "/credentials", key=None)).status == 401
    shown = {"Authorization": "emulated-container-token"}
    found = (await emulator.request("GET", "/credentials", fields=shown, key=None)).json
    key = (found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
    assert (await emulator.invoke("weather", key=key)).status == 200


@pytest.mark.parametrize("field", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_pages_of_other_sites_are_not_served(world, emulate, field):
    emulator = await emulate(runtimes={"weather": container(world)})
    assert (await emulator.request("GET", "/_emulator/state", fields=field, key=None)).status == 421
    page = {"Origin": "http://localhost:6274"}
    assert (await emulator.request("GET", "/_emulator/state", fields=page, key=None)).status == 200


# Who somebody is


async def test_a_caller_is_told_who_it_is_and_a_wrong_key_is_refused(emulate):
    emulator = await emulate(runtimes={"x": {"command": ["x"]}})

    def ask(secret: str) -> dict:
        client = botocore.session.get_session().create_client(
            "sts", "us-east-1", endpoint_url=f"{emulator.base}/sts", aws_access_key_id=KEY[0], aws_secret_access_key=secret
        )
        return client.get_caller_identity()

    found = await asyncio.to_thread(ask, KEY[1])
    assert (found["Account"], found["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:user/emulated")
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidSignatureException"):
        await asyncio.to_thread(ask, "wrong")


async def test_a_wrong_secret_key_is_what_a_probe_suspects(world, emulate):
    emulator = await emulate(runtimes={"plain": container(world)})
    world.configure({"up": {"runtime": {"arn": emulator.arn("plain"), "endpoint": emulator.base}}})
    env = {
        "AWS_ACCESS_KEY_ID": KEY[0],
        "AWS_SECRET_ACCESS_KEY": "wrong",
        "AWS_ENDPOINT_URL_STS": f"{emulator.base}/sts",
    }
    code, out, _ = await world.run("check", "--probe", "--config", str(world.config), "--json", env=env)
    legs = {leg["name"]: leg for leg in json.loads(out)["upstreams"][0]["legs"]}
    assert code == 1 and legs["credentials"]["outcome"] == "passed"
    for leg in ("identity", "authorization"):
        assert "secret access key" in legs[leg]["detail"], legs
    assert "Could not get AWS credentials" not in out and "remedy" not in legs["authorization"], legs
    assert legs["authorization"]["outcome"] == "failed" and legs["session"]["outcome"] == "open", legs


async def test_a_probe_of_what_is_emulated_asks_nobody_else(world, emulate):
    emulator = await emulate(runtimes={"plain": sdk(world, "stateless")})
    world.configure({"up": {"runtime": {"arn": emulator.arn("plain"), "endpoint": emulator.door}}})
    env = {
        "AWS_ACCESS_KEY_ID": KEY[0],
        "AWS_SECRET_ACCESS_KEY": KEY[1],
        "AWS_ENDPOINT_URL_STS": f"{emulator.door}/sts",
    }
    code, out, err = await world.run("check", "--probe", "--config", str(world.config), "--json", env=env)
    [up] = json.loads(out)["upstreams"]
    legs = {leg["name"]: leg for leg in up["legs"]}
    assert legs["identity"]["outcome"] == "passed" and legs["identity"]["detail"].endswith(":user/emulated"), legs
    assert code == 0, (code, [leg for leg in up["legs"] if leg["outcome"] != "passed"], err)
