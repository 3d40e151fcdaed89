"""Telling a wall (challenge, login, paywall, block page) from an article. Pure; a wall is never bypassed."""

import re
from collections.abc import Mapping

#: A wall says little; a text longer than this is an article, whatever words it uses.
MAX_WALL_CHARACTERS = 1_500
#: Below this a page with a subscription notice holds only a teaser.
MAX_TEASER_CHARACTERS = 900

_CHALLENGE = re.compile(
    r"checking (?:if )?(?:your browser|the site connection)|verifying your browser|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|making sure you['’]re not a (?:ro)?bot|"
    r"robot challenge|your request is being verified|ddos protection by|"
    r"enable javascript and cookies to continue|requires? javascript to work|"
    r"access to this (?:page|site) has been (?:denied|limited|blocked)|request unsuccessful\. incapsula|"
    r"pardon our interruption|unusual traffic from|complete the (?:captcha|security check)|"
    r"this account has been suspended|"
    r"(?:vérif|confirm|prouv)\w+ que vous (?:n['’]êtes pas un robot|êtes (?:un )?humain)|"
    r"not available in your (?:country|region)|n['’]est pas disponible dans votre (?:pays|région)",
    re.IGNORECASE,
)
#: Words that articles use as well: they count as a line or a title of their own, or after a site's name.
_CHALLENGE_LINE = re.compile(
    r"^(?:[^\n]{0,60} [|:–-] )?(?:just a moment|(?:one|un) (?:moment|instant)(?:,? please)?|"
    r"attention required|access denied|accès (?:refusé|interdit|bloqué)|account suspended|"
    r"security check(?:point)?)\W*"
    r"(?:[|:–-] [^\n]{0,40})?$",
    re.IGNORECASE | re.MULTILINE,
)
_SUBSCRIBE = re.compile(
    r"réservée?s? (?:à nos |aux )abonnés|abonnez-vous pour (?:lire|continuer|accéder)|"
    r"(?:connectez|identifiez)-vous pour (?:lire|continuer|accéder|consulter)|"
    r"cré(?:ez|er) (?:un|votre) compte[^.]{0,30} pour (?:lire|continuer|accéder)|"
    r"il (?:vous )?reste \d+ ?% de cet? article|"
    r"subscribe to (?:continue|keep|read)|(?:log|sign) in to (?:continue|keep|read)|for subscribers only|"
    r"reached your (?:monthly )?limit of (?:free )?articles|"
    r"this (?:article|content) is (?:only )?(?:for|available to) subscribers",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(rb'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
_WIDGETS = re.compile(
    rb"cf-browser-verification|/cdn-cgi/challenge-platform|cf_chl_opt|geo\.captcha-delivery\.com|"
    rb"px-captcha|_Incapsula_Resource|class=[\"'](?:(?:g|h)-(?:re)?captcha|cf-turnstile)",
    re.IGNORECASE,
)


def wall_mark(
    *, title: str | None, text: str | None, body: bytes, status: int, headers: Mapping[str, str]
) -> str | None:
    """Return what shows that the page is a wall, or None.

    ``headers`` has lower-case names; ``body`` is the page without content encoding.
    """
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "challenge announced by the server"
    said = text or ""
    if len(said) > MAX_WALL_CHARACTERS:
        return None
    shown = f"{title or ''}\n{said}" if said or title else _visible(body)
    if match := _CHALLENGE.search(shown) or _CHALLENGE_LINE.search(shown):
        return f"challenge page: {match.group(0).strip()!r}"
    if _WIDGETS.search(body) and len(said) < 300:
        return "challenge page: a captcha and hardly a text"
    if len(said) > MAX_TEASER_CHARACTERS:
        return None
    if match := _SUBSCRIBE.search(said) or _SUBSCRIBE.search(_visible(body)):
        return f"teaser for subscribers: {match.group(0)!r}"
    if _NOT_FREE.search(body):
        return "teaser: the page declares that it is not free"
    if status in (401, 402, 451):
        return f"answer {status}"
    return None


def _visible(body: bytes) -> str:
    """A rough reading of a page's words, for pages that hold no article."""
    text = body[:200_000].decode("utf-8", "replace")
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return " ".join(re.sub(r"<[^>]{0,2000}>", " ", text).split())[:6_000]
