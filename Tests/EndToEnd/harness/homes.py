"""Homes and environments in which credentials are looked for: drawn up by hand, and at random."""

import hashlib
import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .aws import secret_of


@dataclass
class Case:
    """A home and an environment; `differs` is what Manifold does where it is to differ."""

    name: str
    config: str = ""
    credentials: str = ""
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    profile: str | None = None
    differs: str | None = None

    def __str__(self):
        return self.name


def keys(key: str) -> str:
    return f"aws_access_key_id = {key}\naws_secret_access_key = {secret_of(key)}\n"


def in_env(key: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret_of(key)}


def moment(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def sso_file(name: str, token: str, minutes: int, **more: str) -> dict[str, str]:
    """What `aws sso login` keeps for a session or a start page."""
    kept = {"accessToken": token, "expiresAt": moment(minutes), **more}
    return {f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json": json.dumps(kept)}


def registration(refresh: str, minutes: int = 6000) -> dict[str, str]:
    known = {"refreshToken": refresh, "clientId": "c", "clientSecret": "cs"}
    return {**known, "registrationExpiresAt": moment(minutes)}


def printed(key: str, **more) -> str:
    return json.dumps({"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret_of(key), **more})


SESSION = """
[sso-session corp]
sso_region = eu-central-1
sso_start_url = https://corp.awsapps.com/start
"""
CORP = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n"
LEGACY = (
    "sso_start_url = https://old.awsapps.com/start\nsso_region = us-east-2\n"
    "sso_account_id = 111122223333\nsso_role_name = Ops\n"
)
ROLE = "role_arn = arn:aws:iam::123456789012:role/r\n"
EAST = {"AWS_DEFAULT_REGION": "us-east-1"}
NO_MACHINE = {"AWS_EC2_METADATA_DISABLED": "true"}

CASES = [
    Case("nothing at all", env=NO_MACHINE | EAST),
    Case("the machine's role", env=EAST),
    Case("the environment", env=in_env("AKIDE") | EAST),
    Case("the environment with a token", env=in_env("AKIDE") | {"AWS_SESSION_TOKEN": "t"} | EAST),
    Case("half of a pair in the environment", env={"AWS_ACCESS_KEY_ID": "AKIDE"} | EAST),
    Case(
        "an empty key in the environment",
        f"[default]\n{keys('AKIDC')}",
        env={"AWS_ACCESS_KEY_ID": ""} | EAST,
    ),
    Case(
        "expired keys in the environment",
        env=in_env("AKIDE") | EAST | {"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"},
    ),
    Case(
        "lasting keys in the environment",
        env=in_env("AKIDE") | EAST | {"AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"},
    ),
    Case("the credentials file", credentials=f"[default]\n{keys('AKIDS')}", env=EAST),
    Case("the config file", f"[default]\nregion = eu-west-1\n{keys('AKIDC')}"),
    Case(
        "both files",
        f"[default]\nregion = eu-west-1\n{keys('AKIDC')}",
        f"[default]\n{keys('AKIDS')}",
    ),
    Case(
        "halves in both files",
        f"[default]\nregion = eu-west-1\naws_secret_access_key = x\n",
        "[default]\naws_access_key_id = AKIDS\n",
    ),
    Case(
        "a profile by variable",
        f"[profile a]\nregion = eu-west-1\n{keys('AKIDA')}",
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "a profile by the older variable",
        f"[profile a]\nregion = eu-west-1\n{keys('AKIDA')}",
        f"[b]\n{keys('AKIDB')}",
        env={"AWS_PROFILE": "b", "AWS_DEFAULT_PROFILE": "a"},
    ),
    Case(
        "a profile and keys of the environment",
        f"[profile a]\nregion = eu-west-1\n{keys('AKIDA')}",
        env={"AWS_PROFILE": "a"} | in_env("AKIDE"),
    ),
    Case(
        "a named profile and keys of the environment",
        f"[profile a]\nregion = eu-west-1\n{keys('AKIDA')}",
        env=in_env("AKIDE"),
        profile="a",
    ),
    Case(
        "a profile that does not exist",
        f"[default]\nregion = eu-west-1\n{keys('AKIDA')}",
        env={"AWS_PROFILE": "typo"},
    ),
    Case(
        "a profile that does not exist, and keys",
        env={"AWS_PROFILE": "typo"} | in_env("AKIDE") | EAST,
    ),
    Case(
        "a quoted profile",
        f"[profile 'a b']\nregion = eu-west-1\n{keys('AKIDA')}",
        env={"AWS_PROFILE": "a b"},
    ),
    Case(
        "a profile without the word",
        f"[a]\nregion = eu-west-1\n{keys('AKIDA')}",
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "default as a profile",
        f"[default]\n{keys('AKID1')}region = eu-west-1\n[profile default]\n{keys('AKID2')}region=eu-west-2\n",
    ),
    Case(
        "other places for the files",
        files={"c": f"[default]\nregion = eu-west-1\n", "k": f"[default]\n{keys('AKIDK')}"},
        env={"AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "$HOME/k"},
    ),
    Case("a file that cannot be read", "[default]\nnothing\n", env=in_env("AKIDE") | EAST),
    Case("a section twice", f"[default]\nregion=eu-west-1\n[default]\n{keys('AKIDC')}"),
    Case("a key twice", f"[default]\nregion=eu-west-1\nregion=eu-west-2\n{keys('AKIDC')}"),
    Case("the section of all", f"[DEFAULT]\nregion = eu-west-1\n[default]\n{keys('AKIDC')}"),
    Case(
        "comments and colons",
        f"# c\n[default]\n; c\nregion: eu-west-1\n  # c\nAWS_ACCESS_KEY_ID = AKIDC\naws_secret_access_key={secret_of('AKIDC')}\n",
    ),
    Case(
        "a role",
        f"[profile r]\n{ROLE}source_profile = s\nregion = eu-west-1\n",
        f"[s]\n{keys('AKIDS')}",
        env={"AWS_PROFILE": "r"},
    ),
    Case(
        "a role in the environment's region",
        f"[default]\n{ROLE}source_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
        env=EAST,
    ),
    Case(
        "a role with everything",
        f"[default]\n{ROLE}source_profile = s\nexternal_id = e&1\nduration_seconds = 1800\nregion = us-west-2\n",
        f"[s]\n{keys('AKIDS')}",
    ),
    Case(
        "a role with a strange duration",
        f"[default]\n{ROLE}source_profile = s\nduration_seconds = long\nregion = us-west-2\n",
        f"[s]\n{keys('AKIDS')}",
    ),
    Case(
        "a role of its own keys",
        f"[default]\n{ROLE}source_profile = default\nregion = us-west-2\n{keys('AKIDS')}",
    ),
    Case("a role of nobody", f"[default]\n{ROLE}region = us-west-2\n"),
    Case(
        "a role that is refused",
        "[default]\nrole_arn = arn:aws:iam::1:role/forbidden\nsource_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
        env=EAST,
    ),
    Case(
        "a role by the environment's keys",
        f"[default]\n{ROLE}credential_source = Environment\nregion = us-west-2\n",
        env=in_env("AKIDE"),
        profile="default",
    ),
    Case(
        "a role by nobody's keys",
        f"[default]\n{ROLE}credential_source = Environment\nregion = us-west-2\n",
    ),
    Case(
        "a role by the machine",
        f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\nregion = us-west-2\n",
    ),
    Case(
        "a role by a container",
        f"[default]\n{ROLE}credential_source = EcsContainer\nregion = us-west-2\n",
        env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "CLOUD/container/x"},
    ),
    Case(
        "a role by a wrong word",
        f"[default]\n{ROLE}credential_source = ecscontainer\nregion = us-west-2\n",
    ),
    Case(
        "a role by both",
        f"[default]\n{ROLE}credential_source = Environment\nsource_profile = default\nregion = us-west-2\n{keys('AKIDS')}",
    ),
    Case(
        "a chain of roles",
        f"[profile a]\n{ROLE}source_profile = b\nregion = us-west-2\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = s\nregion = eu-west-1\n",
        f"[s]\n{keys('AKIDS')}",
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "a circle of roles",
        f"[profile a]\n{ROLE}source_profile = b\nregion = us-west-2\n[profile b]\n{ROLE}source_profile = a\n",
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "a chain that ends in keys",
        f"[profile a]\n{ROLE}source_profile = b\nregion = us-west-2\n[profile b]\n{ROLE}source_profile = a\n{keys('AKIDB')}",
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "a role by web identity",
        f"[profile a]\n{ROLE}source_profile = w\nregion = us-west-2\n[profile w]\nrole_arn = arn:aws:iam::123456789012:role/w\nweb_identity_token_file = HOME/tok\n",
        files={"tok": "a jwt"},
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "a role by a portal",
        f"[profile a]\n{ROLE}source_profile = p\nregion = us-west-2\n[profile p]\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", 60),
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "a role by a program",
        f"[profile a]\n{ROLE}source_profile = p\nregion = us-west-2\n[profile p]\ncredential_process = cat HOME/out\n",
        files={"out": printed("AKIDP")},
        env={"AWS_PROFILE": "a"},
    ),
    Case(
        "web identity",
        files={"tok": "jwt+/="},
        env=EAST
        | {
            "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/tok",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/w",
        },
    ),
    Case(
        "web identity of a profile",
        "[default]\nregion = eu-west-3\nrole_arn = arn:aws:iam::123456789012:role/w\nweb_identity_token_file = HOME/tok\n",
        files={"tok": "a jwt"},
    ),
    Case(
        "web identity of both",
        "[default]\nregion = eu-west-3\nrole_arn = arn:aws:iam::123456789012:role/w\nweb_identity_token_file = HOME/tok\n",
        files={"tok": "a jwt", "t2": "jwt2"},
        env={"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/t2"},
    ),
    Case(
        "web identity without a role",
        files={"tok": "a jwt"},
        env=EAST | {"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/tok"},
    ),
    Case(
        "web identity without a token",
        env=EAST
        | {
            "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/tok",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/w",
        },
    ),
    Case(
        "web identity and a named profile",
        f"[profile a]\nregion = eu-west-1\n{keys('AKIDA')}",
        files={"tok": "a jwt"},
        env={
            "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/tok",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/w",
        },
        profile="a",
    ),
    Case(
        "web identity and keys in a file",
        credentials=f"[default]\n{keys('AKIDS')}",
        files={"tok": "a jwt"},
        env=EAST
        | {
            "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/tok",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/w",
        },
    ),
    Case(
        "a portal",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", 60),
    ),
    Case("a portal nobody signed in at", f"[default]\nregion = us-west-2\n{CORP}{SESSION}"),
    Case(
        "a portal's expired token",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", -5),
    ),
    Case(
        "a portal's expired token with a refresh token",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", -5, **registration("r1")),
    ),
    Case(
        "a portal's late token",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", 5, **registration("r1")),
    ),
    Case(
        "a portal's late token without a registration",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", 5, **registration("r1", -5)),
    ),
    Case(
        "a portal that refuses",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files=sso_file("corp", "bad", 60),
    ),
    Case(
        "a portal of the older form",
        f"[default]\nregion = us-west-2\n{LEGACY}",
        files=sso_file("https://old.awsapps.com/start", "tok", 60),
    ),
    Case(
        "an expired one of the older form",
        f"[default]\nregion = us-west-2\n{LEGACY}",
        files=sso_file("https://old.awsapps.com/start", "tok", -60, **registration("r")),
    ),
    Case(
        "an older token that ends in UTC",
        f"[default]\nregion = us-west-2\n{LEGACY}",
        files={
            ".aws/sso/cache/"
            + hashlib.sha1(b"https://old.awsapps.com/start").hexdigest()
            + ".json": '{"accessToken":"t","expiresAt":"2099-01-01T00:00:00UTC"}'
        },
    ),
    Case(
        "a portal without a session",
        f"[default]\nregion = us-west-2\n{CORP}",
        files=sso_file("corp", "tok", 60),
    ),
    Case(
        "a portal that says two things",
        f"[default]\nregion = us-west-2\nsso_region = us-east-1\n{CORP}{SESSION}",
        files=sso_file("corp", "tok", 60),
    ),
    Case("half of a portal", "[default]\nregion = us-west-2\nsso_role_name = x\n"),
    Case(
        "a portal and keys",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        f"[default]\n{keys('AKIDS')}",
        files=sso_file("corp", "tok", 60),
    ),
    Case(
        "a portal's damaged token",
        f"[default]\nregion = us-west-2\n{CORP}{SESSION}",
        files={".aws/sso/cache/" + hashlib.sha1(b"corp").hexdigest() + ".json": "{"},
    ),
    Case(
        "a program",
        "[default]\nregion = us-west-2\ncredential_process = cat 'HOME/a b'\n",
        files={"a b": printed("AKIDP")},
    ),
    Case(
        "a program with a token",
        "[default]\nregion = us-west-2\ncredential_process = cat HOME/o\n",
        files={"o": printed("AKIDP", SessionToken="t", Expiration=moment(60))},
    ),
    Case(
        "a program with old keys",
        "[default]\nregion = us-west-2\ncredential_process = cat HOME/o\n",
        files={"o": printed("AKIDP", SessionToken="t", Expiration=moment(-60))},
    ),
    Case(
        "a program of another version",
        "[default]\nregion = us-west-2\ncredential_process = cat HOME/o\n",
        files={"o": printed("AKIDP", Version=2)},
    ),
    Case(
        "a program that fails",
        "[default]\nregion = us-west-2\ncredential_process = cat HOME/none\n",
    ),
    Case(
        "a program that does not exist",
        "[default]\nregion = us-west-2\ncredential_process = no-such-program\n",
    ),
    Case(
        "a program and keys in the config file",
        f"[default]\nregion = us-west-2\ncredential_process = cat HOME/o\n{keys('AKIDC')}",
        files={"o": printed("AKIDP")},
    ),
    Case(
        "a program and keys in the other file",
        "[default]\nregion = us-west-2\ncredential_process = cat HOME/o\n",
        f"[default]\n{keys('AKIDS')}",
        files={"o": printed("AKIDP")},
    ),
    Case("a container", env=EAST | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "CLOUD/container/a"}),
    Case(
        "a container with a token",
        env=EAST
        | {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "CLOUD/container/a",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x",
        },
    ),
    Case(
        "a container with a token in a file",
        files={"tok": "y"},
        env=EAST
        | {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "CLOUD/container/a",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "HOME/tok",
        },
    ),
    Case(
        "a container far away",
        env=EAST | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/container"},
    ),
    Case(
        "a container and keys in a file",
        credentials=f"[default]\n{keys('AKIDS')}",
        env=EAST | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "CLOUD/container/a"},
    ),
    Case("no region", credentials=f"[default]\n{keys('AKIDS')}"),
    Case(
        "a region that is no name",
        credentials=f"[default]\n{keys('AKIDS')}",
        env={"AWS_DEFAULT_REGION": "us-east-1.example/"},
    ),
    Case(
        "a region of the profile and the variable",
        f"[default]\nregion = eu-west-1\n{keys('AKIDC')}",
        env=EAST,
    ),
    Case("certified hosts", env=in_env("AKIDE") | EAST | {"AWS_USE_FIPS_ENDPOINT": "true"}),
    Case(
        "certified hosts by the profile",
        f"[default]\nregion = us-gov-west-1\nuse_fips_endpoint = True\n{ROLE}source_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
    ),
    Case(
        "hosts with IPv6",
        f"[default]\nuse_dualstack_endpoint = true\nregion = eu-west-1\n{ROLE}source_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
    ),
    Case(
        "hosts of both kinds",
        env=in_env("AKIDE")
        | EAST
        | {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
    ),
    Case(
        "certified hosts and an own one",
        env=in_env("AKIDE") | EAST | {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_ENDPOINT_URL": "CLOUD"},
    ),
    Case(
        "an own endpoint",
        env=in_env("AKIDE") | EAST | {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": "CLOUD"},
    ),
    Case(
        "an own endpoint for all",
        f"[default]\n{ROLE}source_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
        env=EAST | {"AWS_ENDPOINT_URL": "CLOUD"},
    ),
    Case(
        "an own endpoint for one of all",
        f"[default]\n{ROLE}source_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
        env=EAST | {"AWS_ENDPOINT_URL_STS": "CLOUD"},
    ),
    Case(
        "own endpoints that are ignored",
        env=in_env("AKIDE")
        | EAST
        | {"AWS_ENDPOINT_URL": "CLOUD", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ),
    Case(
        "an endpoint of a section",
        f"[default]\nregion = eu-west-1\nservices = x\n{keys('AKIDC')}[services x]\nbedrock_agentcore =\n  endpoint_url = CLOUD\n",
    ),
    Case(
        "a section that does not exist",
        f"[default]\nregion = eu-west-1\nservices = y\n{keys('AKIDC')}[services x]\nsts =\n  endpoint_url = CLOUD\n",
    ),
    Case(
        "an endpoint of the profile",
        f"[default]\nregion = eu-west-1\nendpoint_url = CLOUD\n{keys('AKIDC')}",
    ),
    Case(
        "the older token service",
        f"[default]\nsts_regional_endpoints = legacy\nregion = eu-west-1\n{ROLE}source_profile = s\n",
        f"[s]\n{keys('AKIDS')}",
    ),
    Case("China", env=in_env("AKIDE") | {"AWS_DEFAULT_REGION": "cn-north-1"}),
    Case(
        "a role in China",
        f"[default]\n{ROLE}source_profile = s\nregion = cn-northwest-1\n",
        f"[s]\n{keys('AKIDS')}",
    ),
    Case("a secluded region", env=in_env("AKIDE") | {"AWS_DEFAULT_REGION": "us-isob-east-1"}),
    Case("Europe's own cloud", env=in_env("AKIDE") | {"AWS_DEFAULT_REGION": "eusc-de-east-1"}),
    Case("a region nobody knows yet", env=in_env("AKIDE") | {"AWS_DEFAULT_REGION": "xx-new-1"}),
    # What we want to be different, because every other tool of AWS does it.
    Case(
        "the newer variable of the region",
        env=in_env("AKIDE") | {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"},
        differs="AKIDE eu-west-1",
    ),
    Case(
        "only the newer variable of the region",
        env=in_env("AKIDE") | {"AWS_REGION": "eu-west-1"},
        differs="AKIDE eu-west-1",
    ),
    Case(
        "an empty name of a profile",
        credentials=f"[default]\n{keys('AKIDS')}",
        env=EAST | {"AWS_PROFILE": ""},
        differs="AKIDS us-east-1",
    ),
]


def drawn(seed: int) -> Case:
    """A home and an environment drawn at random from parts that each may or may not work."""
    dice = random.Random(seed)
    names = ["default", "a", "b"]
    config, credentials, files = "", "", sso_file("corp", "tok", dice.choice([60, 60, 5, -5]))
    files |= {"tok": "a jwt", "out": printed("AKIDP")}
    for name in names:
        parts = [""]
        parts += [
            f"region = {dice.choice(['eu-west-1', 'us-gov-east-1', 'ap-south-1'])}\n"
        ] * dice.randint(0, 1)
        kind = dice.randrange(10)
        if kind < 2:
            parts.append(keys(f"AKIDC{name}"))
        if kind in (1, 3, 4):
            credentials += f"[{name}]\n{keys(f'AKIDS{name}')}"
        if kind in (4, 5, 6):
            source = dice.choice([*names, "c"])
            parts.append(ROLE.replace("role/r", f"role/{name}") + f"source_profile = {source}\n")
            parts += [f"external_id = id{seed}\n"] * dice.randint(0, 1)
        if kind == 7:
            parts.append(CORP)
        if kind == 8:
            parts.append("credential_process = cat HOME/out\n")
        if kind == 9:
            parts.append(
                f"role_arn = arn:aws:iam::123456789012:role/{name}\nweb_identity_token_file = HOME/tok\n"
            )
        config += f"[{'profile ' * (name != 'default')}{name}]\n{''.join(parts)}"
    env = dice.choice([{}, EAST, EAST, EAST, {"AWS_DEFAULT_REGION": "us-west-2"}])
    env = env | dice.choice(
        [{}, {}, {"AWS_PROFILE": "a"}, {"AWS_PROFILE": "b"}, {"AWS_DEFAULT_PROFILE": "b"}]
    )
    env = env | dice.choice([{}, {}, {}, in_env("AKIDE")])
    env = env | dice.choice(
        [{}, NO_MACHINE, {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "CLOUD/container/a"}]
    )
    web = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/tok",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/env",
    }
    env = env | dice.choice([{}, {}, {}, web])
    env = env | dice.choice([{}, {}, {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": "CLOUD"}])
    profile = dice.choice([None, None, None, "a", "b"])
    return Case(f"drawn {seed}", config + SESSION, credentials, env, files, profile)


CASES += [drawn(seed) for seed in range(60)]
