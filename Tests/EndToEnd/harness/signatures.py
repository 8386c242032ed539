"""Signatures of AWS, judged by botocore: what it would have signed for the request that came."""

import datetime
import re
from dataclasses import dataclass, field

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CLAIM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
#: How far a signature's moment may be from the service's.
SKEW = datetime.timedelta(minutes=5)


@dataclass
class Keys:
    """Keys that a service knows, until they expire."""

    id: str = "AKIDEXAMPLE"
    secret: str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    token: str | None = None
    expired: bool = False

    @property
    def environment(self) -> dict[str, str]:
        named = {
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
        }
        return {name: value for name, value in named.items() if value}


class Refused(Exception):
    """Why a request is not let in: the error's type and its words, and whether the signature is wrong."""

    def __init__(self, kind: str, words: str, wrong: bool = False):
        super().__init__(kind, words)
        self.kind, self.words, self.wrong = kind, words, wrong


@dataclass
class Judge:
    """Who may come in, and what time it is at the service."""

    keys: list[Keys] = field(default_factory=lambda: [Keys()])
    ahead: datetime.timedelta = datetime.timedelta()
    #: What each request that was let in was signed for: key id, region, service.
    seen: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self.ahead

    def check(self, verb: str, target: str, headers: list[tuple[str, str]], body: bytes) -> tuple:
        """What a request was signed for; raises `Refused`."""
        named = dict(headers)
        claim = CLAIM.fullmatch(named.get("authorization", ""))
        if claim is None:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        key, day, region, service, names, signature = claim.groups()
        keys = next((each for each in self.keys if each.id == key), None)
        if keys is None or named.get("x-amz-security-token") != keys.token:
            raise Refused(
                "UnrecognizedClientException", "The security token included in the request is invalid."
            )
        signed = names.split(";")
        missing = {"host", "x-amz-date"} - set(signed)
        wrong = signature_of(verb, target, headers, body, keys, region, service, signed) != signature
        if missing or wrong or not named["x-amz-date"].startswith(day):
            words = "The request signature we calculated does not match the signature you provided."
            raise Refused("InvalidSignatureException", words, wrong=True)
        moment = datetime.datetime.strptime(named["x-amz-date"], "%Y%m%dT%H%M%SZ")
        if abs(moment.replace(tzinfo=datetime.UTC) - self.now) > SKEW:
            words = f"Signature expired: {named['x-amz-date']} is now earlier than it may be"
            raise Refused("InvalidSignatureException", words)
        if keys.expired:
            words = "The security token included in the request is expired"
            raise Refused("ExpiredTokenException", words)
        self.seen.append((key, region, service))
        return self.seen[-1]


def signature_of(verb, target, headers, body, keys, region, service, signed) -> str:
    """What botocore signs the same request with."""
    named = dict(headers)
    request = AWSRequest(verb, f"http://{named['host']}{target}", data=body)
    for name, value in headers:
        if name in signed and name != "host":
            request.headers.add_header(name, value)
    request.context["timestamp"] = named["x-amz-date"]
    auth = SigV4Auth(Credentials(keys.id, keys.secret, keys.token), service, region)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    return auth.signature(text, request)
