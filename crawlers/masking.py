"""Taking private data out of private persons' texts before anything is stored. Pure."""

import re

_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")
#: Eight digits and more, as numbers are written in Mali and abroad; dates and most sums have fewer.
_PHONE = re.compile(r"(?<![\w/.,-])(?:\+|00)?\d(?:[ .-]?\d){7,14}(?![\w/-]|[.,]\d)")
#: What looks like a number to call and is a date, a span of years or a sum in groups of three.
_OTHER = re.compile(
    r"(?:19|20)\d\d[ .-]\d\d[ .-]\d\d|\d\d[ .-]\d\d[ .-](?:19|20)\d\d|(?:19|20)\d\d[ -](?:19|20)\d\d|"
    r"\d{1,3}(?:[ .]\d{3})+"
)
_MENTION = re.compile(r"(?<![\w@])@\w[\w.]{1,63}\b")


def masked(text: str) -> str:
    """Return a text without e-mail addresses, telephone numbers and mentions of accounts.

    Each is replaced by a mark in brackets, so that the sentence still reads.
    """
    text = _MAIL.sub("[adresse]", text)
    text = _MENTION.sub("[compte]", text)
    return _PHONE.sub(lambda found: found.group() if _OTHER.fullmatch(found.group()) else "[numéro]", text)
