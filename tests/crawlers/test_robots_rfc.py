"""robots.txt as RFC 9309 says, rule by rule: what a crawler of our name may ask for."""

import pytest

from crawlers.robots import MAX_ROBOTS_BYTES, rules_of

US, ALL = "User-agent: mali-narratives\n", "User-agent: *\n"

#: (robots.txt, path, may be asked for). The numbers are sections of the RFC.
RULES: list[tuple[str, str, bool]] = [
    # 2.2.1 groups and names
    (ALL + "Disallow: /a\n", "/a", False),
    (ALL + "Disallow: /a\n", "/b", True),
    (US + "Disallow: /a\n\n" + ALL + "Disallow: /\n", "/b", True),
    (US + "Disallow: /a\n\n" + ALL + "Disallow: /\n", "/a", False),
    ("User-agent: Mali-Narratives\nDisallow: /a\n", "/a", False),
    ("User-agent: other\nDisallow: /\n", "/a", True),
    ("User-agent: other\n" + US + "Disallow: /a\n", "/a", False),
    (US + "Disallow: /a\n\n" + US + "Disallow: /b\n", "/a", False),
    (US + "Disallow: /a\n\n" + US + "Disallow: /b\n", "/b", False),
    ("User-agent: mali-other\nDisallow: /\n", "/a", True),
    ("Disallow: /a\n", "/a", True),
    # 2.2.2 allow, disallow, the most specific match
    (ALL + "Disallow:\n", "/a", True),
    (ALL + "Disallow: /\n", "/", False),
    (ALL + "Disallow: /\nAllow: /press\n", "/press/1", True),
    (ALL + "Allow: /press\nDisallow: /press/private\n", "/press/private/1", False),
    (ALL + "Disallow: /press/private\nAllow: /press\n", "/press/1", True),
    (ALL + "Disallow: /a\nAllow: /a\n", "/a", True),
    (ALL + "Disallow: /fish\n", "/fishheads", False),
    (ALL + "Disallow: /fish/\n", "/fish", True),
    (ALL + "Disallow: /Fish\n", "/fish", True),
    (ALL + "disallow: /a\n", "/a", False),
    (ALL + "Disallow: /spip.php?page=forum\n", "/spip.php?page=forum&id=1", False),
    (ALL + "Disallow: /spip.php?page=forum\n", "/spip.php?article12", True),
    (ALL + "Disallow: /caf%C3%A9\n", "/caf%C3%A9/1", False),
    (ALL + "Disallow: /café\n", "/caf%C3%A9/1", False),
    # 2.2.3 special characters
    (ALL + "Disallow: /*.pdf\n", "/2024/a.pdf", False),
    (ALL + "Disallow: /*.pdf$\n", "/a.pdf?x=1", True),
    (ALL + "Disallow: /*.pdf$\n", "/a.pdf", False),
    (ALL + "Disallow: /a*b\n", "/axxb", False),
    (ALL + "Disallow: /a # a note\n", "/a", False),
    (ALL + "Disallow: /a%24\n", "/a$", False),
    # 2.2.4 other lines, 2.3 the shape of the file
    (ALL + "Sitemap: https://a.example/s.xml\nDisallow: /a\n", "/a", False),
    (ALL + "Crawl-delay: 10\nDisallow: /a\n", "/a", False),
    ("\ufeff" + ALL + "Disallow: /a\n", "/a", False),
    ((ALL + "Disallow: /a\n").replace("\n", "\r\n"), "/a", False),
    ((ALL + "Disallow: /a\n").replace("\n", "\r"), "/a", False),
    ("<html><body>not a robots.txt</body></html>", "/a", True),
    ("", "/a", True),
    (ALL + "# x\n" * 120_000 + "Disallow: /a\n", "/a", False),
]


@pytest.mark.parametrize(("text", "path", "allowed"), RULES, ids=range(1, len(RULES) + 1))
def test_a_rule_is_obeyed(text: str, path: str, allowed: bool) -> None:
    refusal = rules_of(200, text.encode()).refuses(f"https://a.example{path}")
    assert (refusal is None) is allowed


def test_the_file_is_read_up_to_its_limit_and_no_further() -> None:
    long = (ALL + "# x\n" * (MAX_ROBOTS_BYTES // 4) + "Disallow: /a\n").encode()
    assert rules_of(200, long).refuses("https://a.example/a") is None


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00U\x00s", b"User-agent: *\nDisallow: /\xe9t\xe9\n", b"\x00" * 100_000]
)
def test_bytes_that_are_no_text_break_nothing(body: bytes) -> None:
    assert rules_of(200, body).refuses("https://a.example/b") is None
