"""Taking private data out of private persons' texts before anything is stored. Pure.

Masked are e-mail addresses, telephone numbers, mentions of accounts and links to them. A name written
out in a sentence is not recognised: such texts are never published, whatever they hold.
"""

import re
from collections.abc import Collection

_MAIL = re.compile(
    r"\b[\w.+-]{1,64}(?:@|\s?[\[(](?:at|arobase|@)[\])]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b"
)
#: ``@name``, and ``@name@server`` of the fediverse; names with dots and hyphens are Bluesky's.
_MENTION = re.compile(r"(?<![\w@./])@(\w(?:[\w.-]{0,62}\w)?)(@[\w-]{1,63}(?:\.[\w-]{1,63})+)?")
_PROFILE = re.compile(
    r"\b(?:https?://)?(?:www\.|m\.|mobile\.)?(?:(?:t|telegram)\.me|wa\.me|(?:twitter|x|facebook|fb|instagram|"
    r"tiktok|threads|vk|linkedin)\.(?:com|me|net)|bsky\.app/profile|(?:[\w-]{1,63}\.){1,5}[a-z]{2,20}/(?=@))"
    r"/?@?(?:in/|s/|profile\.php\?id=)?(?P<name>[\w.+-]{2,64})(?:/[^\s<>\"']*)?",
    re.IGNORECASE,
)
_GAP = r"[ \u00a0\u202f.-]"
#: Eight digits and more, as numbers are written in Mali and abroad; dates and most sums have fewer.
_PHONE = re.compile(
    rf"(?<![\w.,-])(?<![^\d\s]/)(?:\d\d(?:/\d\d){{3,5}}|(?:\+|00)?\d(?:{_GAP}?\d){{7,14}})"
    r"(?![\w-]|[.,]\d|/(?!\s?\d))"
)
#: What looks like a number to call and is a date, a span of years or a sum in groups of three.
_OTHER = re.compile(
    rf"(?:19|20)\d\d{_GAP}\d\d{_GAP}\d\d|\d\d{_GAP}\d\d{_GAP}(?:19|20)\d\d|(?:19|20)\d\d[ /-](?:19|20)\d\d|"
    r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+"
)
_COUNTED = re.compile(
    r"\s?(?:(?:f\s?cfa|cfa|xof|fcfa|francs?|euros?|eur|dollars?|usd|tonnes?|(?:d['’])?habitants?)\b|[€$%])",
    re.IGNORECASE,
)

MAIL_MARK, ACCOUNT_MARK, PHONE_MARK = "[adresse]", "[compte]", "[numéro]"


def masked(text: str, public_accounts: Collection[str] = ()) -> str:
    """Return a text without e-mail addresses, telephone numbers and mentions of accounts.

    Each is replaced by a mark in brackets, so that the sentence still reads. ``public_accounts`` names
    accounts (lower case, without ``@``) of outlets and institutions that stay as they are.
    """

    def account(found: re.Match[str]) -> str:
        name = found.group().lstrip("@").lower()
        return found.group() if name in public_accounts else ACCOUNT_MARK

    def profile(found: re.Match[str]) -> str:
        return found.group() if found.group("name").lower() in public_accounts else ACCOUNT_MARK

    def number(found: re.Match[str]) -> str:
        is_sum = _COUNTED.match(found.string, found.end())
        return found.group() if is_sum or _OTHER.fullmatch(found.group()) else PHONE_MARK

    text = _PROFILE.sub(profile, text)
    text = _MENTION.sub(account, text)
    text = _MAIL.sub(MAIL_MARK, text)
    return _PHONE.sub(number, text)
