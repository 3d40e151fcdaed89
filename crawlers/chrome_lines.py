"""Lines that a page sets around an article: share bars, counters, datelines, calls to subscribe."""

import re
from collections.abc import Sequence

from crawlers.date_words import MONTHS

_MARK = r"^[\s\W]{0,6}"
_SHARE_WORDS = frozenset(
    {
        "facebook", "twitter", "x", "whatsapp", "telegram", "linkedin", "pinterest", "reddit", "google",
        "email", "e-mail", "mail", "print", "imprimer", "partager", "share", "tweet", "tweeter", "instagram",
        "copier", "copy", "link", "lien", "messenger", "tumblr", "viber", "skype", "like", "threads",
        "love", "haha", "wow", "sad", "angry", "plus", "more", "le", "par", "via", "sur", "pdf",
        "tiktok", "bluesky",
    }
)  # fmt: skip
#: A line of these alone may be anything.
_COMMON_WORDS = frozenset({"x", "le", "par", "via", "sur", "plus", "more", "mail", "lien", "link", "love"})
_CHROME = re.compile(
    _MARK + r"(?:partage[rz]? (?:cet|l|sur|via|avec|ça|ceci)\b.*|share (?:this|on|via)\b.*|suivez[- ]nous\b.*"
    r"|follow us\b.*|abonnez[- ]vous\b.*|s['’]abonner\b.*|inscrivez[- ]vous\b.*|subscribe (?:to|now|here)\b.*"
    r"|rejoignez[- ](?:nous|notre)\b.*|(?:laisser|poster|ajouter|écrire) un commentaire.*"
    r"|leave a (?:comment|reply).*|\d* ?(?:commentaires?|comments?)\W*|(?:© ?|copyright\b).*"
    r"|commentaires? (?:via|sur|facebook)\b.*|(?:réagir|répondre) à cet article.*|réagissez\b.*"
    r"|votre adresse (?:de messagerie|e-?mail) ne sera pas publiée.*|les champs obligatoires\b.*"
    r"|tous droits réservés.*|all rights reserved.*|publicité|advertisement|annonces?|j['’]aime(?: ça)?"
    r"|chargement.{0,3}|loading.{0,3}|imprimer cet article|envoyer (?:cet article|par (?:e-)?mail).*"
    r"|(?:pour )?lire la suite.*|pour accéder (?:en illimité|à (?:cet|l['’]) ?article|gratuitement)\b.*"
    r"|pour rester informé.*|(?:la suite|cet article|contenu|article) (?:est )?réservée? (?:à|aux) .*"
    r"|il vous reste .{0,12}% de cet article.*|déjà abonnée?.*|already a subscriber.*|continue reading.*"
    r"|crédits?(?: photos?)? ?[:©].*|photo credits?.*"
    r"|cliquez ici pour (?:rejoindre|vous (?:abonner|inscrire)|recevoir).*"
    r"|click here to (?:join|subscribe|sign up).*|téléchargez (?:notre|l['’]) ?appli.*"
    r"|(?:temps|durée) de lecture\b.*|reading time\b.*|\d+ ?min(?:utes?)? (?:de lecture|read)"
    r"|écouter (?:cet|l['’]) ?article.*|ajouter (?:aux|à mes) favoris|lire plus tard"
    r"|taille de (?:la )?police.*"
    r"|(?:augmenter|réduire) la taille.*|lu \d[\d\s]* fois"
    r"|\d[\d\s]* (?:vues?|lectures?|views?|partages?|réactions?)"
    r"|article (?:précédent|suivant)\b.*|navigation (?:de l['’]article|des articles)"
    r"|(?:tags|mots[- ]cl[ée]s|étiquettes?|libellés?) ?:.*"
    r"|(?:(?:filed|posted) (?:under|in)|class[ée]e? (?:sous|dans)) ?:.*"
    r"|(?:l['’]|cet )article .{0,200} est apparu en premier sur .*|the post .{3,} appeared first on .*)\W*$",
    re.IGNORECASE,
)
_PUBLISHED = (
    r"(?:publiée?|postée?|mis en ligne|mise? à jour|modifiée?|créée?|published|posted|updated|last updated)"
)
_DATE_LINE = re.compile(
    _MARK + rf"{_PUBLISHED}\b[^.!?]{{0,90}}\d{{2,4}}[^.!?]{{0,30}}$"
    r"|^(?:sujet|discussion|fil|topic|thread) (?:ouverte?|lancée?|créée?|started|opened)\b[^.!?]{0,80}$",
    re.IGNORECASE,
)
# Names of months without accents, as the folded line has them.
_MONTH = "|".join(sorted((name for name in MONTHS if len(name) > 2), key=len, reverse=True))
_DAY = (
    rf"(?:\d{{1,2}}(?:er|st|nd|rd|th)?[\s./-]+(?:{_MONTH}|\d{{1,2}})[\s./-]+(?:19|20)?\d\d"
    rf"|(?:{_MONTH})\s+\d{{1,2}},?\s+(?:19|20)\d\d)"
)
_FOLDS = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")
#: Only at the edges of a text: a byline with its date, or a date alone with a clock or a place.
_BYLINE = re.compile(
    rf"^\W*(?:(?:par|by)\b[^.!?]{{2,60}}?\b(?=\D{{0,20}}{_DAY})[^!?]{{0,100}}"
    rf"|(?:par|by)\b[^.!?]{{2,60}}?{_PUBLISHED.translate(_FOLDS)}[^!?]{{0,100}}"
    rf"|(?:(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)?[\s,]*"
    rf"(?:le\s+)?{_DAY}[^.!?]{{0,25}})$",
    re.IGNORECASE,
)
_EDGE_LINES = 3
_BULLETS = frozenset("-–—*•·|")
_LONGEST = 160


def without_chrome(lines: Sequence[str]) -> list[str]:
    """Return the lines that are the article's own."""
    last = len(lines) - _EDGE_LINES
    return [
        line
        for place, line in enumerate(lines)
        if not _is_chrome(line, at_edge=place < _EDGE_LINES or place >= last)
        # The head of a table is drawn twice where the page has it as a row as well.
        and not (line.startswith("|") and place and line == lines[place - 1])
    ]


def _is_chrome(line: str, *, at_edge: bool) -> bool:
    if len(line) > _LONGEST:
        return False
    if line in _BULLETS:
        return True
    words = {word for word in re.findall(r"[\w-]+", line.lower()) if not word.isdigit()}
    if words <= _SHARE_WORDS and words - _COMMON_WORDS:
        return True
    if at_edge and line[-1] not in ".!?" and _BYLINE.match(line.lower().translate(_FOLDS)):
        return True
    return bool(_CHROME.match(line) or _DATE_LINE.match(line))
