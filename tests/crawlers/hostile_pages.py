"""Answers made to harm a crawler, each with the outcome it must end in."""

import gzip
import time
import zlib
from collections.abc import Callable
from typing import Any

import brotli

from tests.crawlers.local_site import Answer, article, gzip_bomb

SENTENCES = (
    "Le maire de la commune numéro {n} a reçu vendredi une délégation de commerçants venus du nord.\n"
    "La rencontre numéro {n} portait sur le prix du transport, que plusieurs orateurs ont jugé élevé.\n"
    "Aucune décision n'a été prise au terme des échanges, selon le compte rendu numéro {n} de la mairie."
)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
COOKIES = {"Set-Cookie": "session=1; Path=/", "WWW-Authenticate": 'Basic realm="x"'}
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def endless(handler: Any) -> None:
    handler.wfile.write(OK + b"\r\n<p>")
    while True:
        handler.wfile.write(b"encore " * 10_000)


def endless_chunks(handler: Any) -> None:
    handler.wfile.write(OK + CHUNKED)
    while True:
        handler.wfile.write(b"8000\r\n" + b"encore. " * 4096 + b"\r\n")


def header_flood(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        handler.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 8_000))


def long_header(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(10_000):
        handler.wfile.write(b"y" * 10_000)


def drip(handler: Any) -> None:
    handler.wfile.write(OK + b"\r\n")
    for _ in range(400):
        handler.wfile.write(b".")
        time.sleep(0.2)


def drip_headers(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(400):
        handler.wfile.write(b"X-%d: y\r\n" % number)
        time.sleep(0.2)


def says(answer: bytes) -> Callable[[Any], None]:
    """Return an answer of exactly these bytes, after which the connection ends."""
    return lambda handler: handler.wfile.write(answer)


def cafe(number: int) -> bytes:
    """Return a page with accents in windows-1252."""
    text = SENTENCES.format(n=number) + "\nLa fête a été célébrée à l'école."
    return article("Accents", text).encode("cp1252")


def moved(target: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": target})


def squeezed(body: bytes, encoding: str) -> Answer:
    return Answer(body, headers={"Content-Encoding": encoding})


def wrapped(opening: str, closing: str = "") -> Answer:
    """Return a page whose article stands inside ``opening``."""
    body = "".join(f"<p>{line}</p>" for line in SENTENCES.format(n=7).split("\n"))
    return Answer(f"<html><body>{opening}{body}{closing}</body></html>")


WALL = "<html><head><title>Just a moment...</title></head><body>Checking your browser first</body></html>"
PAYWALL = article("La suite", "Le début de l'article.\nAbonnez-vous pour lire la suite de ce texte.")
ATTRIBUTES = "<html><body><p {}>x</p></body></html>"

#: path -> (answer, outcome): what every run of the suite meets.
CASES: dict[str, tuple[Answer, str]] = {
    "/gzip-bomb": (squeezed(gzip_bomb(100), "gzip"), "too_big"),
    "/double-bomb": (squeezed(gzip.compress(gzip_bomb(100)), "gzip, gzip"), "too_big"),
    "/deflate-bomb": (squeezed(zlib.compress(bytes(100 << 20), 9), "deflate"), "too_big"),
    "/brotli-bomb": (squeezed(brotli.compress(bytes(100 << 20), quality=5), "br"), "too_big"),
    "/cut-brotli": (squeezed(b"\x8b\x02\x80", "br"), "parse_failed"),
    "/brotli": (squeezed(brotli.compress(article("Le bac", SENTENCES.format(n=9)).encode()), "br"), "stored"),
    "/zstd": (squeezed(b"\x28\xb5\x2f\xfd", "zstd"), "parse_failed"),
    "/four-layers": (squeezed(b"x", "gzip, gzip, gzip, gzip"), "parse_failed"),
    "/cut-gzip": (squeezed(gzip.compress(PAYWALL.encode())[:-20], "gzip"), "parse_failed"),
    "/endless": (Answer(raw=endless), "too_big"),
    "/endless-chunks": (Answer(raw=endless_chunks), "too_big"),
    "/declared": (Answer(headers={"Content-Length": "99000000"}), "too_big"),
    "/header-flood": (Answer(raw=header_flood), "too_big"),
    "/long-header": (Answer(raw=long_header), "net_error"),
    "/drip": (Answer(raw=drip), "timeout"),
    "/drip-headers": (Answer(raw=drip_headers), "timeout"),
    "/short": (Answer(raw=says(OK + b"Content-Length: 9000\r\n\r\n<p>La moiti")), "net_error"),
    "/bad-chunk": (Answer(raw=says(OK + CHUNKED + b"9\r\n<p>La moiti\r\nzz\r\n")), "net_error"),
    "/garbage": (Answer(raw=says(b"\x00\x01\x02 nothing like HTTP\r\n\r\n")), "net_error"),
    "/hangs-up": (Answer(raw=says(b"")), "net_error"),
    "/loop": (moved("https://hostile.example/loop"), "trap"),
    "/to-file": (moved("file:///etc/hostname"), "refused_policy"),
    "/to-data": (moved("data:text/html,x"), "refused_policy"),
    "/to-script": (moved("javascript:alert(1)"), "refused_policy"),
    "/to-broken": (moved("http://[broken/"), "refused_policy"),
    "/to-nowhere": (Answer(status=302), "refused_policy"),
    "/to-meta": (moved("http://169.254.169.254/latest/meta-data"), "refused_policy"),
    "/to-number": (moved("http://2130706433/"), "refused_policy"),
    "/refresh": (
        Answer("<html><head><meta http-equiv=refresh content='0;url=http://10.0.0.1/'></head></html>"),
        "parse_failed"),
    "/a/b/a/b/a/b/a/b": (Answer(article("x", SENTENCES.format(n=0))), "trap"),
    "/gone": (Answer("gone", 410, COOKIES), "http_error"),
    "/cookies": (Answer(article("Le pont", SENTENCES.format(n=8)), headers=COOKIES), "stored"),
    "/wall": (Answer(WALL), "walled"),
    "/wall-403": (Answer(WALL, 403), "walled"),
    "/paywall": (Answer(PAYWALL), "walled"),
    "/empty": (Answer(""), "parse_suspect"),
    "/menu": (Answer("<html><body><nav><a href='/'>Accueil</a></nav></body></html>"), "parse_failed"),
    "/attributes": (Answer(ATTRIBUTES.format(" ".join(f"a{n}=1" for n in range(60_000)))), "parse_suspect"),
    "/nested": (wrapped("<div>" * 20_000), "parse_suspect"),
    "/idna": (Answer(cafe(101), content_type="text/html; charset=idna"), "encoding_suspect"),
    "/zlib": (Answer(cafe(102), content_type="text/html; charset=zlib_codec"), "encoding_suspect"),
    "/lying-utf8": (Answer(cafe(103), content_type="text/html; charset=utf-8"), "encoding_suspect"),
    "/honest-cp1252": (Answer(cafe(104), content_type="text/html; charset=windows-1252"), "stored"),
}  # fmt: skip
FORBIDDEN = [
    "file:///etc/hostname", "data:text/html,x", "ftp://hostile.example/x", "javascript:alert(1)",
    "https://user:secret@hostile.example/x", "https://hostile.example:8443/x", "http://127.0.0.1/x",
    "http://localhost/x", "http://0x7f000001/x", "http://[::1]/x", "http://[::ffff:127.0.0.1]/x", "http://10.0.0.1/x",
]  # fmt: skip
