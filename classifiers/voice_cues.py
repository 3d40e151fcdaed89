"""Cues for whose words a sentence is, in French and English (RE2 syntax): facts about language, no rules."""

#: Verbs of saying by their stems; only verb endings count, or every "déclaration" and "soutien" would report.
_SAYING_FR = (
    "declar|affirm|estim|accus|denonc|jug|juge|assur|martel|reproch|soulign|rappel|rappell|expliqu|confi|"
    "insist|indiqu|precis|ajout|deplor|regrett|salu|annonc|annonce|revel|consider|pens|argument|invoqu|evoqu|"
    "tweet|fustig|qualifi|plaid|condamn|exhort|invit|exprim|felicit|remerci|exig|reclam|ironis|avou|repet|"
    "rejet|rejett|contest|critiqu|appel|appell|sugger|signal|comment"
)
_SAID_FR = (
    rf"(?:{_SAYING_FR})(?:e|ee|es|ees|ent|ait|aient|erent)\b|"
    "(?:dit|disent|disait|disaient|dire que|pretend|pretendent|promet|promettent|promis|soutient|"
    "soutiennent|soutenait|(?:a|ont|avait) soutenu|croit|croient|ecrit|ecrivent|ecrivait|poursuit|"
    "poursuivi|conclut|concluent|(?:a|ont|avait) conclu|avertit|avertissent|"
    "averti|previent|reagit|repond|repondu|replique|fait savoir|fait valoir|fait part|se veut|voit|voient|"
    r"met en garde|mettent en garde|mis en garde)\b"
)
#: After a comma or a closed quotation these report too: "..., avance le politologue".
_INVERTED_FR = (
    rf"{_SAYING_FR}|avanc|analys|lanc|point|not|relat|resum|commenc|glisse|tranch|temoign|promet|relev"
)
_SAID_EN = (
    "(?:said|says|say|claim|claims|claimed|claiming|argue|argues|argued|arguing|accuse|accuses|accused|"
    "accusing|insist|insists|insisted|stated|states that|declare|declares|declared|told|tells|believe|"
    "believes|believed|describe|describes|described|warn|warns|warned|denounce|denounces|denounced|praise|"
    "praises|praised|wrote|writes|think|thinks|thought|assert|asserts|asserted|allege|alleges|alleged|blame|"
    "blames|blamed|adds|added|explains|explained|announces|announced|condemn|condemns|condemned|criticise|"
    r"criticised|criticize|criticized|urges|urged|calls on|called on|calls it|called it)\b"
)
_PEOPLE = (
    "la rue|l'opinion|des voix|on entend|on dit|on raconte|manifestants?|partisans?|detracteurs?|"
    "observateurs?|"
    "analystes?|experts?|habitants?|militants?|critics|supporters|protesters|demonstrators|observers|"
    "analysts|"
    "(?:certains|d'aucuns|beaucoup|les uns|d'autres|nombreux|some|many|others)(?: \\w+)? "
    "(?:y )?(?:disent|pensent|estiment|voient|affirment|croient|accusent|jugent|repetent|"
    "said|say|believe|think|see)"
)
_OFFICE = (
    "ministre|president|porte-parole|ambassadeur|chef d|colonel|general|depute|secretaire|diplomate|"
    "responsable|chercheur|politologue|professeur|leader|minister|spokes\\w+|ambassador|official"
)
_UNTRUE = (
    "dement|nie|nient|niait|rejett|refut|recus|contest|balay|infond|sans fondement|aucune preuve|"
    "pas la moindre preuve|mensong|calomni|contre-verite|fausse?s?\\b|intox|fake|mythe|legende|"
    "den(?:y|ies|ied)|reject|refut|dismiss|unfounded|baseless|no evidence|myth\\b|untrue|debunk"
)
_NOT = (
    "n'est pas|ne sont pas|n'etait pas|n'a pas|n'ont pas|ne saurait|ne s'agit pas|n'y a pas|n'a jamais|"
    "n'ont jamais|ne fut pas|loin de|loin d'|contrairement a|au contraire|is not|isn't|are not|aren't|"
    "was not|wasn't|were not|never|far from|contrary to|on the contrary|rather than"
)
_MOCKERY = (
    "soi-disant|pretendue?|pseudo|comme par hasard|mdr+|lol|ptdr|haha|hihi|bravo|sacres?|bla ?bla|"
    "fameu(?:x|se)|so-called|self-styled|quelle blague|risible|ridicul|naif|naivete|faire croire|"
    "croire au pere noel"
)

#: name -> what counts as the sign, on text in lower case without accents (RE2 syntax, no backtracking).
CUES = {
    "according to": r"\b(?:selon|d'apres|a en croire|aux yeux d|de l'avis d|aux? dires? d|"
    r"pour (?:lui|elle|eux|ce dernier|ces derniers)|pour (?:le|la|les) (?:\w+ ){0,3}(?:ministre|general|"
    r"colonel|president|porte-parole)|according to|in the (?:view|eyes|words) of|"
    r"in (?:his|her|their) (?:view|words))",
    "reporting verb": rf"\b(?:{_SAID_FR}|{_SAID_EN})",
    "reporting verb with that": rf"\b(?:{_SAID_FR})(?: \w+)?(?: \w+)? qu(?:e |')|\b(?:{_SAID_EN}) that\b",
    "inverted report": r"[,»\"”'] ?(?:(?:a|ont|avait|avaient|comme l'a) )?"
    rf"(?:(?:{_INVERTED_FR})(?:e|ent|ait|aient|erent)|dit|disait|soutient|ecrit|poursuit|conclut|avertit|"
    r"previent|promet|fait savoir|fait valoir)\b"
    r"|[,»\"”] ?(?:said|says|writes|wrote|argues|argued|added|adds|warned|warns|insisted|told|explained)\b",
    "says he": r"(?:-t-il|-t-elle|-t-on|-ils|-elles|-il|-elle)\b|\b(?:he|she|they) (?:said|added|says)",
    "noun of saying": r"\b(?:discours|declaration|communique|accusation|rumeur|these|argument|rhetorique|"
    r"propagande|slogan|theorie|recit|narratif|narrative|claim|rhetoric|allegation|speech|statement|belief|"
    r"perception|sentiment|opinion publique|critique)s?\b",
    "people think": rf"\b(?:{_PEOPLE})\b",
    "conditional": r"\b(?:aurai(?:t|ent)|serai(?:t|ent)|viserai(?:t|ent)|fournirai(?:t|ent)|pourrai(?:t|ent)|"
    r"devrai(?:t|ent)|would (?:have|be)|may have|might have|reportedly|allegedly|supposedly)\b",
    "question": r"\?\s*[\"»”')\]]*$",
    "question word": r"^[\s\"«“(>–—-]*(?:est-ce|pourquoi|comment|qui|que|quels?|quelles?|ou|faut-il|"
    r"peut-on|why|how|who|what|is|are|does|do|did|can|should)\b.*\?",
    "denial": rf"\b(?:{_UNTRUE})",
    "it is not": rf"\b(?:{_NOT})\b",
    "negation": r"\b(?:ne|n'\w+|pas|jamais|aucune?|nullement|ni|not|no|nor|without|sans)\b",
    "mockery": rf"\b(?:{_MOCKERY})\b|!{{2,}}|\?!",
    "but": r"\b(?:mais|pourtant|cependant|toutefois|or|neanmoins|en realite|en verite|but|however|yet|"
    r"in fact|actually)\b",
    "first person singular": r"\b(?:je|j'\w*|mon|ma|mes|i|my)\b",
    "first person plural": r"\b(?:nous|notre|nos|we|our|us)\b",
    "second person": r"\b(?:vous|votre|vos|tu|toi|tes|you|your)\b",
    "he or they": r"\b(?:il|ils|elle|elles|he|she|they|son|sa|ses|leur|leurs|his|her|their)\b",
    "exclamation": r"!",
    "office": rf"\b(?:{_OFFICE})",
    "announces words": r":\s*[\"«“']*\s*$",
}
