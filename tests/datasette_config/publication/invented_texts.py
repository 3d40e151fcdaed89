"""The invented press of the page tests: sources, narratives and sentences, fictional, on reserved names."""

from datetime import date

AS_OF = "2025-04-02T06:00:00Z"
FIRST_MONDAY = date(2024, 9, 2)

SOURCES = {
    "le-fleuve": {"title": "Le Fleuve", "kind": "private", "republish": 1, "fictional": 1, "language": "fr"},
    "agence-du-sahel": {
        "title": "Agence du Sahel",
        "kind": "state",
        "republish": 0,
        "fictional": 1,
        "language": "fr",
    },
    "sahel-monitor": {
        "title": "Sahel Monitor",
        "kind": "think-tank",
        "republish": 0,
        "fictional": 1,
        "language": "en",
    },
    "la-place": {
        "title": "La Place (forum)",
        "kind": "forum",
        "republish": 1,
        "fictional": 1,
        "language": "fr",
    },
    "groupe-de-quartier": {
        "title": "Groupe de quartier",
        "kind": "forum",
        "republish": 1,
        "fictional": 0,
        "language": "fr",
    },
    "le-muet": {"title": "Le Muet", "kind": "private", "republish": 0, "fictional": 1, "language": "fr"},
    "ferme": {
        "title": "Radio fermée",
        "kind": "broadcaster",
        "republish": 0,
        "fictional": 1,
        "language": "fr",
        "enabled": 0,
        "disabled_reason": "le site ne répond plus",
    },
}

NARRATIVES = {
    "intervention-failed": (
        "anti-french",
        "L'intervention a échoué",
        "The intervention failed",
        "grievance",
        "core",
        {"france": -1},
    ),
    "neocolonial-france": (
        "anti-french",
        "La France néocoloniale",
        "Neocolonial France",
        "grievance",
        "core",
        {"france": -1},
    ),
    "russia-reliable-partner": (
        "pro-russian",
        "La Russie, partenaire fiable",
        "Russia, a reliable partner",
        "legitimation",
        "core",
        {"russia": 1},
    ),
    "ecowas-instrument": (
        "anti-ecowas",
        "La CEDEAO instrumentalisée",
        "ECOWAS as an instrument",
        "accusation",
        "core",
        {"ecowas": -1, "france": -1},
    ),
    "un-mission-useful": (
        "pro-western",
        "La mission de l'ONU a protégé",
        "The UN mission protected",
        "counter",
        "experimental",
        {"un": 1},
    ),
}

SENTENCES = {
    "intervention-failed": "Dix ans d'opérations étrangères n'ont pas rendu la route de Gao plus sûre.",
    "neocolonial-france": "Paris garde la main sur nos richesses et nous dicte encore sa loi.",
    "russia-reliable-partner": "Moscou tient parole et livre sans poser de conditions.",
    "ecowas-instrument": "La CEDEAO obéit à des intérêts qui ne sont pas les nôtres.",
    "un-mission-useful": "Les casques bleus ont tenu le marché ouvert quand tout fermait.",
}

PLAIN = "Le pont de Bamako a rouvert lundi matin. Les maraîchers y ont installé leurs étals."
LONG = (
    "Et l'on nous répète depuis des années que la tutelle est terminée, alors que les contrats, la "
    "monnaie, les manuels "
    "et jusqu'aux uniformes viennent d'ailleurs, que les décisions se prennent dans des bureaux où nul ne "
    "parle nos "
    "langues, que l'on nous demande de remercier pour ce qui nous est pris, et que la main qui signe n'est "
    "jamais la nôtre."
)
