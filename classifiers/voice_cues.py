"""Cues for whose words a sentence is, in French and English (RE2 syntax): facts about language, no rules."""

#: Verbs of saying by their stems; only verb endings count, or every "déclaration" and "soutien" would report.
_SAYING_FR = (
    "declar|affirm|estim|accus|denonc|jug|juge|assur|martel|reproch|soulign|rappel|rappell|expliqu|confi|"
    "insist|indiqu|precis|ajout|deplor|regrett|salu|annonc|annonce|revel|consider|pens|argument|invoqu|evoqu|"
    "tweet|fustig|qualifi|plaid|condamn|exhort|invit|exprim|felicit|remerci|exig|reclam|ironis|avou|repet|"
    "rejet|rejett|contest|critiqu|appel|appell|sugger|signal|comment|approuv"
)
_SAID_FR = (
    rf"(?:{_SAYING_FR})(?:e|ee|es|ees|ent|ait|aient|erent)\b|"
    "(?:dit|disent|disait|disaient|dire que|pretend|pretendent|promet|promettent|promis|soutient|"
    "soutiennent|soutenait|(?:a|ont|avait) soutenu|croit|croient|ecrit|ecrivent|ecrivait|poursuit|"
    "poursuivi|conclut|concluent|(?:a|ont|avait) (?:conclu|releve|impute|attribue)|avertit|avertissent|"
    "tien(?:t|nent) .{1,60}\\bpour responsables?|imput(?:e|ent) a|"
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
    r"criticised|criticize|criticized|urges|urged|calls on|called on|calls it|called it|"
    r"(?:holds?|held) .{1,60}\bresponsible)\b"
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
#: Who is heard in the press beside its authors.
_SOMEBODY = (
    r"(?:autorites|gouvernement|pouvoir|regime|junte|ministere|ministre|president|porte-parole|ambassad\w+|"
    r"chef|colonel|general|officier|depute|senateur|secretaire|diplomate|responsable|cadre|conseiller|"
    r"chercheu\w+|politologue|historien|sociologue|economiste|professeur|enseignant|expert|specialiste|"
    r"analyste|consultant|observateur|journaliste|avocat|juriste|medecin|infirmi\w+|militant|activiste|"
    r"opposant|opposition|partisan|sympathisant|detracteur|adversaire|promoteur|defenseur|critique|"
    r"sceptique|manifestant|habitant|riverain|villageois|commercant|vendeu\w+|eleveur|paysan|berger|"
    r"chauffeur|etudiant\w*|lyceen|jeune|ancien|ancienne|retraite|soldat|militaire|rebelle|syndicaliste|"
    r"notable|imam|elu|maire|source|temoin|proche|organisation|ong|association|collectif|coalition|parti|"
    r"syndicat|signataire|official|authorities|government|junta|ministry|minister|spokes\w+|embassy|officer|"
    r"diplomat|adviser|researcher|scholar|historian|economist|analyst|observer|lawyer|activist|opponent|"
    r"critic|supporter|protester|resident|villager|trader|shopkeeper|herder|farmer|driver|student|soldier|"
    r"rebel|witness\w*|group|party|signatories)s?"
)
_DETERMINER = r"(?:(?:les?|la|l'|un|une|des|ses?|sa|ces?|certains|beaucoup|d'autres|nombre|plusieurs) ?)"
#: Verbs that report a view without the word "say".
_VIEW = (
    r"\b(?:decri(?:t|vent|vait|vaient|vant)|crai(?:nt|gnent|gnait)|redout(?:e|ent|ait|aient)|"
    r"mainti(?:ent|ennent)|conce(?:de|dent|dait)|adme(?:t|ttent|ttait)|racont(?:e|ent|ait|aient)|repondent|"
    r"se demand(?:e|ent)|reconn(?:ait|aissent)|esper(?:e|ent)|present(?:e|ent|ait|aient) .{0,40}\bcomme|"
    r"se presenter comme|parl(?:e|ent|ait|aient) d(?:e|')|f(?:ai|on)t etat|laiss\w+ entendre|"
    r"entend(?:ent|ait)? (?:bien )?(?:faire|montrer)|voul(?:ait|aient) (?:montrer|faire)|"
    r"souhait(?:e|ent|ait|aient)|murmur\w+|jur(?:e|ent)|promett\w+|"
    r"y (?:voi\w+|(?:ont |a )?vu|vit|lit|lisent|(?:a )?lu|decri\w+|denonc\w+|jug\w+)|"
    r"fear(?:s|ed)?|hope[sd]?|admit(?:s|ted)?|recall(?:s|ed)?|complain(?:s|ed)?|credited with|"
    r"suggest(?:s|ed|ing)?|deplored|pointed to|denie[sd]|conceded?s?|acknowledge[sd]?|promise[sd]?|"
    r"see(?:s|n)? (?:it|them|this|that|in)|quoted|"
    r"accusing|claiming|arguing|saying|denouncing|blaming|insisting|alleging|warning|calling)\b|"
    rf"\b(?:{_SAYING_FR})(?:ant|eant)\b|\b(?:disant|pretendant|soutenant)\b"
)
_UNTRUE = (
    "dement|nie|nient|niait|rejett|refut|recus|contest|balay|infond|sans fondement|aucune preuve|"
    "pas la moindre preuve|ne (?:prouv|montr|demontr)\\w+ (?:\\w+ )?(?:pas|rien|nullement)|rien ne prouve|"
    "ne (?:peu\\w+|saur\\w+) (?:donc |pas )?(?:servir de|constituer une) preuves?|"
    "aucun\\w* (?:\\w+ )?(?:crime|element|trace)|fable|affabul|fantasme|"
    "mensong|calomni|contre-verite|fau(?:x|sses?)\\b|intox|fake|mythe|legende|"
    "den(?:y|ies|ied)|reject|refut|dismiss|unfounded|baseless|no (?:\\w+ )?(?:evidence|proof)|"
    "not (?:prove|show that)|myth\\b|untrue|debunk"
)
_FALSE = (
    "(?:faux|fausse|inexact|mensonger|absurde|ridicule|excessif|abusif|abusive|erron|infond|simpliste|"
    "malhonnete|grotesque|inepte|false|wrong|untrue|absurd|nonsense|ridiculous|misleading|a lie|a myth)"
)
_QUITE = "(?:(?:tout a fait|totalement|completement|bien|donc|simplement|simply|plainly|just|quite) )?"
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

#: Whose view follows; some stop within "de", "du", "des".
_ACCORDING = (
    "d'apres|a en croire|aux yeux d|de l'avis d|aux? dires? d|according to|in the (?:view|eyes|words) of|"
    "in (?:his|her|their) (?:view|words)"
)
#: After a comma at the end of a sentence: "..., several envoys fear."
_SAID_END_EN = (
    "says?|said|claim(?:s|ed)?|argue[sd]?|insist(?:s|ed)?|believe[sd]?|fear(?:s|ed)?|hope[sd]?|"
    "suspect(?:s|ed)?|"
    "warn(?:s|ed)?|suggest(?:s|ed)?|report(?:s|ed)?|allege[sd]?|think|thought|write[s]?|wrote|add(?:s|ed)?"
)
#: Looks like a conditional and is none: what somebody ought to or wants to do, and imperfects that end alike
#: ("espérait", "inspirait", "livrait", "serrait").
NOT_CONDITIONAL = (
    r"\b(?:pourr|devr|faudr|voudr|aimer|souhaiter|saur|vaudr|prefer|preferer|"
    r"(?:consid|exasp|esp|coop|op|lib|delib|accel|gen|sugg|dig|ing|exag|g|tol|alt|reit|recup|conf|diff|ref|"
    r"prolif|adh|ins|rev|pers|mod|prosp|temp)er|(?:insp|consp|adm|des|v|asp|resp|exp|dech)ir|"
    r"livr|delivr|enivr|sevr|engendr|serr|resserr|barr|narr|err|demarr|enterr|fourr|bourr|restaur|instaur)"
    r"(?:ait|aient)\b"
)
#: name -> what counts as the sign, on text in lower case without accents (RE2 syntax, no backtracking).
CUES = {
    "according to": rf"^(?:claim|allegation|affirmation|rumeur) ?:|\b(?:selon|{_ACCORDING}|si l'on en croit|"
    r"a en juger|pour (?:lui|elle|eux|ce dernier|ces derniers)|pour (?:le|la|les) (?:\w+ ){0,3}(?:ministre|"
    r"general|colonel|president|porte-parole)|(?:is|are) to be believed|to judge by|judging by)"
    r"|[,(] ?a (?:entendre|ecouter|lire|suivre|croire) |^a (?:entendre|ecouter|lire|suivre|croire) ",
    "reporting verb": rf"\b(?:{_SAID_FR}|{_SAID_EN})",
    "reporting verb with that": rf"\b(?:{_SAID_FR})(?: \w+)?(?: \w+)? qu(?:e |')|\b(?:{_SAID_EN}) that\b",
    "inverted report": r"[,»\"”'] ?(?:(?:a|ont|avait|avaient|comme l'a) )?"
    rf"(?:(?:{_INVERTED_FR})(?:e|ent|ait|aient|erent)|dit|disait|soutient|ecrit|poursuit|conclut|avertit|"
    r"previent|promet|fait savoir|fait valoir)\b"
    r"|[,»\"”] ?(?:said|says|writes|wrote|argues|argued|added|adds|warned|warns|insisted|told|explained)\b"
    rf"|[,»\"”] ?(?:redout|craign|esper|suspect|soupconn|suppos)(?:e|ent|ait|aient) "
    rf"|, (?:\w+ ){{1,4}}(?:{_SAID_END_EN})\W*$",
    "says he": rf"\b(?:{_INVERTED_FR}|dit|soutien|ecri|poursui|conclu|averti|previen|interrog|"
    rf"demand)\w*-(?:t-)?"
    r"(?:ils?|elles?|on)\b|\b(?:he|she|they) (?:said|added|says)",
    "noun of saying": r"\b(?:discours|declaration|communique|accusation|rumeur|these|argument|rhetorique|"
    r"propagande|slogan|theorie|recit|narratif|narrative|claim|rhetoric|allegation|speech|statement|belief|"
    r"perception|sentiment|opinion publique|critique)s?\b",
    "begins with according to": r"^[\"«' ]*(?:mais |et |or |but |and )?(?:selon (?:[^mn]|m[^o]|n[^o])|"
    rf"{_ACCORDING}|pour (?:lui|eux|elles?|ce dernier|ces derniers)[ ,])",
    "argument that": r"\b(?:argument|these|idee|theorie|recit|discours|rumeur|refrain|claim|thesis|idea|"
    r"theory|"
    r"narrative|story|rumou?r|allegation)s?\b.{0,70}?\b(?:est que|veut que|voudrait que|selon laquelle|"
    r"selon lequel|is that|holds that|goes that|that)\b",
    "is seen as": r"\b(?:est|sont|etait|etaient|ete) (?:\w+ ){0,3}(?:juge|consider|percu|vu|present|decri|"
    r"accus|soupconn|designe|tenu|qualifi|denonc|assimil)\w*\b|\b(?:is|are|was|were|been|"
    r"being) (?:\w+ )?(?:seen|viewed|"
    r"perceived|regarded|considered|portrayed|presented|described|accused|suspected|blamed|denounced)\b",
    "people think": rf"\b(?:{_PEOPLE})\b",
    "verb of view": _VIEW,
    "for somebody": rf"(?:^|[,;:»] |\bmais |\bet )[\"«' ]*"
    rf"pour {_DETERMINER}{{1,2}}(?:\w+ ){{0,2}}?{_SOMEBODY}\b",
    "accuses of": r"\b(?:accus\w+|reproch\w+|soupconn\w+|blam\w+)\b.{1,90}\b(?:de |d'|of |for )",
    "a poll": r"\b(?:sondage|sondes|enquete d'opinion|sur dix|sur cinq|interroges|repondants|satisfait\w*|"
    r"favorables?|poll|survey|respondents)\b|\d ?%",
    "somebody begins": r"^[\"«' ]*(?:mais |et |or |the |a |an |some |many |several )?"
    rf"{_DETERMINER}?(?:\w+ )?{_SOMEBODY}\b",
    "conditional": r"\b(?:\w*(?:er|[^t]ir|[^a]dr|evr|ivr|[ea]ttr|[ao]itr|aur|rr))(?:ait|aient)\b|"
    r"\b(?:would (?:have|be)|may have|might have|reportedly|allegedly|supposedly|purportedly|"
    r"(?:is|are|was|were) (?:said|believed|reported|alleged|thought) to)\b",
    "ought to": r"\b(?:pourr|devr|faudr|voudr|aimer|souhaiter|vaudr)(?:ais?|ait|aient|ions|iez)\b|"
    r"\b(?:should|ought to|could|must)\b",
    "hypothesis": r"^\W*(?:mais |et |or |but |and )?(?:si |s'il|meme si |a supposer|suppos\w+ que|if |"
    r"even if |suppose |assuming )",
    "yes or no": r"(?:-t-(?:il|elle|on|ils|elles)\b|-(?:il|elle|ils|elles|ce)\b|\best-ce qu).*\?|"
    r"(?:^|[.,:;] )(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should) .*\?",
    "question": r"\?\s*[\"»”')\]]*$",
    "denial": rf"\b(?:{_UNTRUE})",
    "said to be false": rf"\b(?:il est|il serait|c'est|it is|it's|it would be) {_QUITE}{_FALSE}\w* "
    r"(?:de |d'|que |qu'|to |that )"
    r"|\b(?:dire|affirmer|pretendre|soutenir|croire|repeter|to (?:say|claim)|saying|claiming|pretending) "
    rf"(?:que |qu'|that ).{{3,140}} (?:est|serait|releve|is|would be) (?:\w+ ){{0,2}}{_FALSE}",
    "claim named and judged": r"\b(?:dire|croire|affirmer|pretendre|soutenir|repeter|imaginer|parler d\w*|"
    r"presenter|reduire|voir dans|faire de|accuser|to (?:say|claim|believe|call)|calling|saying|claiming|"
    r"believing) .{3,160}"
    r"(?:c'est (?:oublier|effacer|prendre|meconnaitre|nier|ignorer|confondre|faire|se tromper|insulter|"
    r"aller)|"
    r"(?:est|releve|tient|serait) (?:\w+ )?(?:une insulte|excessif|faux|absurde|ridicule|abusif|simpliste|"
    r"injuste|malhonnete|grotesque|delire|raccourci)|ignores?|overlooks?|forgets?|is (?:wrong|absurd|unfair|"
    r"nonsense)|means? forgetting)",
    "does not hold": r"\b(?:ne (?:tien\w+|resist\w+) pas|sonn\w+ (?:creux|faux)|s'effondr\w+|ne repos\w+ sur|"
    r"n'(?:a|ont|avait) rien (?:d'un|de|a voir|prouve|demontre|change|refonde)|n'(?:est|etait) qu'un|"
    r"est une (?:invention|mise en scene|lubie|vue de l'esprit|legende|fiction|insulte)|"
    r"rien ne (?:permet|prouve|montre|confirme|vient)|(?:relaxe|blanchi|disculpe|innocente)\w*|"
    r"nul besoin|met\w* au defi|contredi(?:t|re|sent|sait|saient)|collapses?|falls? apart|"
    r"cleared|acquitted|exaggerat\w+|exager\w+|is (?:nobody|no one)'s|nothing (?:shows|proves|suggests)|"
    r"no (?:trace|sign|link)|invented nothing|wrong to say|does not (?:hold|stand)|doesn't (?:hold|stand))\b",
    "answers back": r"\b(?:repond(?:ent|ait|u)?|repliqu\w+|retorqu\w+|ripost\w+|balai\w+|balay\w+|"
    r"se defend\w*|"
    r"retorts?|retorted|repl(?:y|ies|ied)|countered?s?|shrugs?|shrugged|hits? back|pushes back)\b|"
    r"^[\"«' ]*(?:non|no|faux|false|allons donc|arretons|arretez)\b[ ,.:!]",
    "we are told": r"\b(?:on (?:nous |vous )(?:\w+ )?(?:dit|repete|vend|chante|serine|raconte|promet|"
    r"explique|jure|"
    r"parle|bassine|rabache)|il parait que|a ce qu'il parait|a les entendre|we (?:are|were|keep being) told|"
    r"they (?:tell|keep telling) us)\b",
    "it is not": rf"\b(?:{_NOT})\b",
    "negation": r"\b(?:ne|n'\w+|pas|jamais|aucune?|nullement|ni|not|no|nor|without|sans)\b",
    "feigned agreement": r"^\W*(?:mais oui|oui oui|bien sur|evidemment|ah,? |merci|heureusement que|quelle "
    r"(?:chance|surprise|audace)|tiens|felicitations|chapeau|of course|oh,? |sure,|right,|thank (?:you|"
    r"heaven)|how (?:kind|generous|lucky)|clearly,|naturally,)\b",
    "mockery": rf"\b(?:{_MOCKERY})\b|!{{2,}}|\?!",
    "but": r"\b(?:mais|pourtant|cependant|toutefois|or|neanmoins|en realite|en verite|but|however|yet|"
    r"in fact|actually)\b",
    "first person singular": r"\b(?:je|j'\w*|mon|ma|mes|i|my)\b",
    "first person plural": r"\b(?:nous|notre|nos|we|our|us)\b",
    "second person": r"\b(?:vous|votre|vos|tu|toi|tes|you|your)\b",
    "he or they": r"\b(?:il|ils|elle|elles|he|she|they|son|sa|ses|leur|leurs|his|her|their)\b",
    "exclamation": r"!",
    "announces words": r":\s*[\"«“']*\s*$",
}
