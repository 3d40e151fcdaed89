"""Certificates: who cannot prove its name is not read, and of who can the certificate is noted."""

import contextlib
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from warcio.archiveiterator import ArchiveIterator

from crawlers.evidence import CERTIFICATE_FIELD, UNVERIFIED_FIELD
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.guarded_net import PUBLIC, Net, run_on
from tests.crawlers.local_site import article, local_site

TEXT = (
    "Le maire de la commune a reçu vendredi une délégation de commerçants venus du nord du pays.\n"
    "La rencontre portait sur le prix du transport, que plusieurs orateurs ont jugé trop élevé."
)
NOW = dt.datetime.now(dt.UTC)
BAD = ("self-signed.example", "other-name.example", "expired.example")
GOOD = "trusted.example"

Key = ec.EllipticCurvePrivateKey


def certificate(
    folder: Path, name: str, subject: str, issuer: tuple[x509.Certificate, Key] | None, days: int = 30
) -> tuple[x509.Certificate, Key]:
    """Write ``name``.pem, a certificate for ``subject`` with its key, and return both."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer[0].subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=60))
        .not_valid_after(NOW + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    made = builder.sign(issuer[1] if issuer else key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.pem").write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return made, key


@contextmanager
def secure_site(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Serve one page over TLS, each name with its own certificate; yield the port and who was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Host"])
            body = article("Le pont", TEXT).encode()
            found = self.path != "/robots.txt"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    contexts = {name: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for name in (*BAD, GOOD)}
    for name, context in contexts.items():
        context.load_cert_chain(folder / f"{name}.pem")

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = contexts[name or GOOD]

    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    front.load_cert_chain(folder / f"{GOOD}.pem")
    front.sni_callback = choose  # type: ignore[assignment]

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def finish_request(self, request: object, address: object) -> None:
            secure = front.wrap_socket(request, server_side=True, do_handshake_on_connect=False)  # type: ignore[call-overload]
            with secure, contextlib.suppress(OSError):
                secure.do_handshake()
                super().finish_request(secure, address)  # type: ignore[arg-type]

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificates(folder: Path) -> dict[str, x509.Certificate]:
    """Write the certificates of all names, three of them worthless, and return them."""
    authority = certificate(folder, "authority", "Test authority", None)
    return {
        "self-signed.example": certificate(folder, "self-signed.example", "self-signed.example", None)[0],
        "other-name.example": certificate(folder, "other-name.example", "somebody-else.example", authority)[
            0
        ],
        "expired.example": certificate(folder, "expired.example", "expired.example", authority, days=-1)[0],
        GOOD: certificate(folder, GOOD, GOOD, authority)[0],
    }


def import_pages(desk: Desk, folder: Path, port: int) -> None:
    """Import one page of every name; the test authority is trusted."""
    addresses = folder / "addresses.txt"
    addresses.write_text("".join(f"https://{name}/page\n" for name in (*BAD, GOOD)), encoding="utf-8")
    trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}
    run_on(desk, Net(others=[PUBLIC], ports={443: port}), "import", str(addresses), **trust)


def answers_kept(desk: Desk, field: str) -> dict[str, set[str | None]]:
    """Return the values of a field of the response records by host."""
    found: dict[str, set[str | None]] = {}
    for path in (desk.folder / "evidence").rglob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    host = record.rec_headers.get_header("WARC-Target-URI").split("/")[2]
                    found.setdefault(host, set()).add(record.rec_headers.get_header(field))
    return found


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def test_who_cannot_prove_its_name_is_not_read(tmp_path: Path) -> None:
    trusted = certificates(tmp_path)[GOOD]
    with local_site() as site, secure_site(tmp_path) as (port, asked):
        desk = Desk(tmp_path / "desk", site)
        import_pages(desk, tmp_path, port)
    assert set(asked) == {GOOD}
    robots = dict(
        desk.rows("select url, outcome || ': ' || coalesce(detail, '') from fetches where purpose = 'robots'")
    )
    for name in BAD:
        assert robots[f"https://{name}/robots.txt"].startswith("net_error: no secure connection")
        assert desk.outcomes()[f"https://{name}/page"] == "refused_robots"
    assert desk.outcomes()[f"https://{GOOD}/page"] == "stored"
    assert desk.rows("select url from documents") == [(f"https://{GOOD}/page",)]
    assert answers_kept(desk, CERTIFICATE_FIELD) == {GOOD: {fingerprint(trusted)}}


def test_a_listed_host_is_read_without_proof_and_every_row_of_it_says_so(tmp_path: Path) -> None:
    made = certificates(tmp_path)
    with local_site() as site, secure_site(tmp_path) as (port, asked):
        desk = Desk(tmp_path / "desk", site)
        url = f"https://{BAD[0]}/feed"
        desk.add("weak", url, mapped=False, unverified_hosts=[BAD[0], BAD[2]])
        import_pages(desk, tmp_path, port)
    assert set(asked) == {GOOD, BAD[0], BAD[2]}
    assert desk.rows("select url from documents order by 1") == [
        (f"https://{name}/page",) for name in (BAD[2], BAD[0], GOOD)
    ]
    answered = desk.rows("select url, coalesce(detail, '') from fetches where capture_id is not null")
    assert len(answered) == 6
    for address, detail in answered:
        assert ("tls_unverified: " in detail) == (address.split("/")[2] != GOOD), (address, detail)
    assert desk.outcomes()[f"https://{BAD[1]}/page"] == "refused_robots"
    assert answers_kept(desk, CERTIFICATE_FIELD) == {
        name: {fingerprint(made[name])} for name in (GOOD, BAD[0], BAD[2])
    }
    reasons = answers_kept(desk, UNVERIFIED_FIELD)
    assert reasons[GOOD] == {None}
    assert all(reason and "certificate" in reason for name in (BAD[0], BAD[2]) for reason in reasons[name])
