"""AWS on loopback, for those who look for credentials: every host of it, behind a proxy that ends TLS.

The same place is asked by Manifold and by botocore, with the real names of the hosts. Keys that are
given out are made of everything that was asked for, so that equal keys mean equal questions: the host,
the signer, the role, what its owner asks for. Every signature is judged by botocore's own code.
"""

import base64
import datetime
import email.utils
import hashlib
import json
import re
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

CLAIM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]*)/(\d{8})/([^/]*)/([^/]*)/aws4_request, "
    r"SignedHeaders=([^,]*), Signature=([0-9a-f]{64})"
)


#: How far the moment of a signature may be from the cloud's.
SKEW = datetime.timedelta(minutes=5)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def made_of(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16].upper()


def secret_of(key: str) -> str:
    """Every key has a secret that follows from it, so that anybody's signature can be judged."""
    return f"secret/of+{key}"


def token_of(key: str) -> str:
    return f"token/of+{key}=="


@dataclass
class Seen:
    """What a request to a runtime was signed with, and where it was sent."""

    key: str
    region: str
    host: str


@dataclass
class Cloud:
    """The services, and what they have seen since they were asked last."""

    folder: Path
    seen: list[Seen] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    #: The keys that runtimes refuse as expired.
    expired: set[str] = field(default_factory=set)
    #: How far the clock of the cloud is ahead of this machine's.
    ahead: datetime.timedelta = datetime.timedelta()
    #: What Secrets Manager has, by ARN.
    secrets: dict[str, str] = field(default_factory=dict)
    #: Set once a secret was asked for, and while they are given out.
    asked: threading.Event = field(default_factory=threading.Event)
    giving: threading.Event = field(default_factory=threading.Event)
    #: How often the token service gave out a role.
    roles: int = 0
    #: Whether the token service gives out no roles any more.
    revoked: bool = False
    #: The token service gives out other keys in another era.
    era: int = 0

    def __post_init__(self):
        self.giving.set()
        self.certificates = Certificates(self.folder)
        self.server = Server(("127.0.0.1", 0), type("Door", (Door,), {"cloud": self}))
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """How to find the services by their real names."""
        return {"HTTPS_PROXY": self.url, "AWS_CA_BUNDLE": str(self.certificates.authority)}

    def close(self):
        self.giving.set()
        self.server.shutdown()
        self.server.server_close()

    def judge(self, verb: str, target: str, headers, body: bytes) -> re.Match | None:
        """The claim of a request whose signature is right; None without one."""
        claim = CLAIM.fullmatch(headers.get("authorization", ""))
        if claim is None:
            return None
        key, day, region, service, names, signature = claim.groups()
        request = AWSRequest(verb, f"http://{headers['host']}{target}", data=body)
        for name in names.split(";"):
            if name != "host":
                for value in headers.get_all(name, []):
                    # Python reads bytes of headers as Latin-1; what was signed is UTF-8.
                    request.headers.add_header(name, value.encode("latin-1").decode())
        request.context["timestamp"] = headers["x-amz-date"]
        auth = SigV4Auth(Credentials(key, secret_of(key)), service, region)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        if auth.signature(text, request) != signature:
            self.wrong.append(f"{verb} {target}: {claim.group()}")
            return None
        return claim


class Server(ThreadingHTTPServer):
    """Clients leave when they please."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


class Certificates:
    """An authority, and a certificate for every host that is asked for."""

    def __init__(self, folder: Path):
        self.folder, self.contexts = folder, {}
        self.lock = threading.Lock()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an authority")])
        self.authority = folder / "authority.pem"
        certificate = self.make(self.name, self.key, True)
        self.authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def make(self, name, key, is_authority: bool, host: str = ""):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
            )
        )
        if host:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        else:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, host: str) -> ssl.SSLContext:
        with self.lock:
            if host not in self.contexts:
                certificate = self.make(
                    x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host[:60])]),
                    self.key,
                    False,
                    host,
                )
                path = self.folder / f"host{len(self.contexts)}.pem"
                path.write_bytes(
                    certificate.public_bytes(serialization.Encoding.PEM)
                    + self.key.private_bytes(
                        serialization.Encoding.PEM,
                        serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption(),
                    )
                )
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(path)
                self.contexts[host] = context
            return self.contexts[host]


class Door(BaseHTTPRequestHandler):
    """One connection: to the proxy, or through it to a service."""

    protocol_version = "HTTP/1.1"
    cloud: Cloud

    def log_message(self, *_):
        pass

    def do_CONNECT(self):
        host = self.path.rsplit(":", 1)[0]
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        try:
            self.connection = self.cloud.certificates.context(host).wrap_socket(
                self.connection, server_side=True
            )
        except OSError:
            self.close_connection = True
            return
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False
        while not self.close_connection:
            try:
                self.handle_one_request()
            except OSError:
                return

    def date_time_string(self, timestamp=None):
        return email.utils.format_datetime(self.now(), usegmt=True)

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self.cloud.ahead

    def answer(self, status: int, body: str | bytes, kind: str = "application/json", more=()):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.serve(b"")

    def do_PUT(self):
        self.serve(b"")

    def do_DELETE(self):
        self.serve(b"")

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers.get("content-length", 0))))

    def serve(self, body: bytes):
        host, path = self.headers["host"], urlsplit(self.path).path
        if "x-amz-target" in self.headers:
            self.secret(body)
        elif path == "/" and body:
            self.tokens(host, dict(parse_qsl(body.decode())), body)
        elif path == "/federation/credentials":
            self.portal(host)
        elif path == "/token":
            given = json.loads(body)
            fresh = {"accessToken": f"fresh {host} {given['refreshToken']}", "expiresIn": 28800}
            self.answer(200, json.dumps({**fresh, "tokenType": "Bearer"}))
        elif path == "/v1/token":
            self.login(f"https://{host}{self.path}", json.loads(body))
        elif path.startswith("/runtimes/"):
            self.runtime(host, body)
        elif path.startswith("/container"):
            self.give(made_of("container", self.path, self.headers.get("authorization", "")))
        elif path == "/latest/api/token":
            self.answer(200, "a session", "text/plain")
        elif path == "/latest/meta-data/iam/security-credentials/":
            known = self.headers.get("x-aws-ec2-metadata-token") == "a session"
            self.answer(200 if known else 401, "machine-role", "text/plain")
        elif path == "/latest/meta-data/iam/security-credentials/machine-role":
            self.give(made_of("machine"))
        elif path.startswith("/gateway"):
            self.runtime(host, body)
        else:
            self.answer(404, "{}")

    def give(self, key: str):
        until = self.now() + datetime.timedelta(hours=6)
        found = {"Code": "Success", "AccessKeyId": key, "SecretAccessKey": secret_of(key)}
        moment = until.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.answer(200, json.dumps({**found, "Token": token_of(key), "Expiration": moment}))

    def tokens(self, host: str, form: dict[str, str], body: bytes):
        signer = ""
        if form["Action"] == "AssumeRole":
            claim = self.cloud.judge("POST", self.path, self.headers, body)
            signer = f"{claim[1]} {claim[3]}" if claim else ""
        refused = (
            self.cloud.revoked
            or form["RoleArn"].endswith("forbidden")
            or form["Action"] == "AssumeRole" and not signer
        )
        if refused:
            error = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error>"
            return self.answer(403, f"{error}</ErrorResponse>", "text/xml")
        self.cloud.roles += 1
        known = ("Action", "RoleArn", "ExternalId", "DurationSeconds", "WebIdentityToken")
        key = made_of(
            str(self.cloud.era), host, signer, *(f"{name}={form.get(name, '')}" for name in known)
        )
        until = self.now() + datetime.timedelta(hours=1)
        name = form["Action"]
        self.answer(
            200,
            f'<{name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{name}Result>'
            f"<Credentials><AccessKeyId>{key}</AccessKeyId>"
            f"<SecretAccessKey>{secret_of(key)}</SecretAccessKey>"
            f"<SessionToken>{token_of(key)}</SessionToken>"
            f"<Expiration>{until.strftime('%Y-%m-%dT%H:%M:%SZ')}</Expiration></Credentials>"
            f"</{name}Result></{name}Response>",
            "text/xml",
        )

    def secret(self, body: bytes):
        """Secrets Manager: the secrets of `secrets` by their ARNs."""
        self.cloud.asked.set()
        self.cloud.giving.wait()
        claim = self.cloud.judge("POST", self.path, self.headers, body)
        known = self.cloud.secrets.get(json.loads(body)["SecretId"])
        if claim is None or claim[4] != "secretsmanager" or known is None:
            return self.answer(400, '{"__type":"ResourceNotFoundException","Message":"No."}')
        self.answer(200, json.dumps({"SecretString": known}))

    def login(self, url: str, form: dict[str, str]):
        """The token endpoint of `aws login`: who asks must prove that the key is theirs (RFC 9449)."""
        head, claims, signature = self.headers["dpop"].split(".")
        header = json.loads(decoded(head))
        said = json.loads(decoded(claims))
        x, y = (int.from_bytes(decoded(header["jwk"][each])) for each in "xy")
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        halves = [int.from_bytes(decoded(signature)[each : each + 32]) for each in (0, 32)]
        try:
            key.verify(
                utils.encode_dss_signature(*halves),
                f"{head}.{claims}".encode(),
                ec.ECDSA(hashes.SHA256()),
            )
            assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
            assert (said["htm"], said["htu"]) == ("POST", url)
            assert abs(said["iat"] - self.now().timestamp()) < 60 and said["jti"]
        except (AssertionError, InvalidSignature) as error:
            self.cloud.wrong.append(f"a proof of possession: {error!r}")
            return self.answer(400, "{}")
        found = made_of("login", form["clientId"], form["grantType"], form["refreshToken"])
        keys = {"accessKeyId": found, "secretAccessKey": secret_of(found)}
        token = {"accessToken": {**keys, "sessionToken": token_of(found)}, "expiresIn": 900}
        next_one = f"after {form['refreshToken']}"
        self.answer(200, json.dumps({**token, "refreshToken": next_one, "tokenType": "aws_sigv4"}))

    def portal(self, host: str):
        query = parse_qs(urlsplit(self.path).query)
        token = self.headers.get("x-amz-sso_bearer_token", "")
        if "bad" in token:
            kind = [("x-amzn-ErrorType", "UnauthorizedException")]
            return self.answer(401, '{"message":"Session token not found or invalid"}', more=kind)
        key = made_of(host, token, query["role_name"][0], query["account_id"][0])
        until = self.now() + datetime.timedelta(hours=1)
        found = {"accessKeyId": key, "secretAccessKey": secret_of(key)}
        more = {"sessionToken": token_of(key), "expiration": int(until.timestamp() * 1000)}
        self.answer(200, json.dumps({"roleCredentials": {**found, **more}}))

    def runtime(self, host: str, body: bytes):
        target = self.requestline.split()[1]
        claim = self.cloud.judge(self.command, target, self.headers, body)
        if claim is None:
            kind = [("x-amzn-ErrorType", "InvalidSignatureException")]
            return self.answer(403, '{"message":"No."}', more=kind)
        moment = datetime.datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        if abs(moment.replace(tzinfo=datetime.UTC) - self.now()) > SKEW:
            kind = [("x-amzn-ErrorType", "InvalidSignatureException")]
            return self.answer(403, '{"message":"Signature expired: it is too old"}', more=kind)
        if claim[1] in self.cloud.expired:
            kind = [("x-amzn-ErrorType", "ExpiredTokenException")]
            return self.answer(403, '{"message":"The security token is expired"}', more=kind)
        self.cloud.seen.append(Seen(claim[1], claim[3], host))
        if self.command != "POST":
            return self.answer(405, "{}")
        message = json.loads(body)
        if "id" not in message:
            return self.answer(202, b"")
        method = message.get("method")
        result = {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}
        if method == "initialize":
            version = message["params"]["protocolVersion"]
            info = {"name": "a runtime", "version": "1"}
            result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
        elif method == "tools/call":
            result = {"content": [{"type": "text", "text": "done"}]}
        elif method != "tools/list":
            error = {"code": -32601, "message": "Method not found"}
            return self.answer(
                200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error})
            )
        self.answer(200, json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}))
