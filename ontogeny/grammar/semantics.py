"""Semantic classes, and what goes with what.

Fine classes are the `Sem` of a token, coarse ones its `SemCoarse`. Verbs choose
the classes of their arguments, nouns those of their adjectives and
prepositions: selection is what makes content words predictable.
"""

from __future__ import annotations

COARSE = {
    "concrete": "person animal group place building artifact food plant substance body",
    "abstract": "event time text idea feeling",
    "name": "name_female name_male name_place name_group",
    "happening": "motion speech thought making contact giving state process emotion "
    "wish cause location",
    "attribute": "quality size colour age mood manner degree when where stance",
    "reference": "definite indefinite demonstrative pronoun reflexive possession "
    "relative existential",
    "logic": "quantity number negation tense aspect voice copula modality infinitive",
    "relation": "spatial temporal role argument subordination condition complement "
    "comparison",
    "discourse": "conjunction disjunction contrast pairing interjection stop comma",
}
COARSE_OF = {fine: coarse for coarse, row in COARSE.items() for fine in row.split()}

# Noun class -> share of the nouns' lexicon. The sizes follow use: a class drawn
# often has more words, so that the rarest noun of each is about equally rare.
NOUN_SIZES = {
    "person": 72, "animal": 20, "group": 20, "place": 32, "building": 24,
    "artifact": 36, "food": 14, "plant": 10, "substance": 14, "body": 12,
    "event": 36, "time": 18, "text": 20, "idea": 38, "feeling": 26,
}  # fmt: skip

VERB_SIZES = {
    "motion": 13, "speech": 11, "thought": 11, "making": 13, "contact": 13,
    "giving": 8, "state": 9, "process": 8, "emotion": 11, "wish": 5, "cause": 9,
    "location": 6,
}  # fmt: skip
NAME_SIZES = {"name_female": 54, "name_male": 54, "name_place": 40, "name_group": 26}

# Classes whose nouns may be replaced by a name, and how often.
NAME_SHARE = {"person": 0.42, "place": 0.25, "group": 0.3}

# Verb class -> (subjects, objects, frames).
VERB_CLASSES = {
    "motion": ("person:5 animal:3 group:1", "place:2 building:2", "intr:2 prep:3"),
    "speech": ("person:6 group:1", "text:2 idea:1", "that:4 trans:2 prep:1"),
    "thought": ("person:6 group:1", "idea:2 feeling:1 event:1", "that:2 trans:3"),
    "making": ("person:4 group:1", "artifact:4 food:2 text:2 building:2", "trans"),
    "contact": ("person:3 animal:2", "artifact:3 animal:2 body:2 plant:2", "trans"),
    "giving": ("person:3 group:1", "artifact:3 food:2 text:2 substance:1", "give"),
    "state": ("idea:2 event:2 feeling:2 text:1", "idea:2 event:2", "intr:1 prep:2"),
    "process": ("substance:2 plant:2 food:1 body:2", "substance:2", "intr:3 prep:1"),
    "emotion": ("person:4 animal:1", "person:3 idea:1 group:1", "trans:2 prep:3"),
    "wish": ("person:5 animal:1 group:1", "event:1", "to"),
    "cause": ("event:3 idea:2 feeling:2 substance:1", "person:2 feeling:2", "trans"),
    "location": ("building:3 place:2 artifact:2", "place:3 building:1", "prep:3 trans"),
}
VERB_PREPOSITIONS = "in to for with on at from about into over against upon"

# Adjective class -> the noun classes it describes.
ADJECTIVE_CLASSES = {
    "quality": " ".join(NOUN_SIZES),
    "size": "animal place building artifact food plant substance body group event",
    "colour": "animal building artifact food plant substance body",
    "age": "person animal group place building artifact text idea",
    "mood": "person animal group event time text idea feeling",
}
ADVERB_SIZES = {"manner": 36, "when": 13, "stance": 10, "where": 7, "degree": 7}

# Noun class -> prepositions, with the sense they have there.
PREPOSITIONS = {
    "place": "spatial in:20 at:8 near:5 from:6 toward:3 through:3 across:2.5 around:2 "
    "beyond:1.6 outside:1.2 along:1.2 past:.8 throughout:.8 within:.6 via:.5",
    "building": "spatial in:12 at:8 inside:3 behind:2.4 near:3 into:4 outside:1.6 "
    "beside:1 within:1 opposite:1 above:.7 around:1 below:.5",
    "artifact": "role with:12 on:6 under:3 without:2 beside:1 beneath:.8 for:3 upon:.7 "
    "underneath:.5 behind:.6 among:.5",
    "food": "role with:6 for:4 without:2 like:1 of:1 besides:.5",
    "plant": "spatial under:4 among:3 behind:2 around:2 near:2 beneath above off",
    "substance": "spatial in:6 through:3 into:3 with:3 below:1 above:1 onto:.8 amid:.6",
    "body": "spatial on:6 in:4 against:2 over:2 below:.8 across:1 beneath:.6 off:1",
    "event": "temporal during:9 after:8 before:6 at:4 since:2 until:2 despite:1.6 "
    "throughout:1 amid:.6 following:.9",
    "time": "temporal in:9 during:4 by:3 until:3 since:2.4 after:2 before:2 within:1 "
    "through:1 past:.6 around:.8",
    "text": "role in:6 about:3 from:3 under:1 by:1 with:2 through:1 via:.6 per:.8",
    "idea": "role about:5 for:5 against:3 by:2 without:2 on:3 despite:1 beyond:1 "
    "regarding:1.3 per:.5 concerning:1.3",
    "feeling": "role with:8 without:4 from:3 in:3 despite:1 between:1 beyond:.5",
    "person": "role with:9 for:6 by:3 against:2 like:2 from:4 beside:1 behind:1 "
    "between:1 among:1 alongside:.5 except:.9 unlike:1.2",
    "animal": "role with:6 like:3 for:3 behind:2 near:2 from:2 among:1 unlike:1.4",
    "group": "role with:6 for:5 by:3 against:3 within:2 among:2 from:3 alongside:1 "
    "versus:1.5",
}
# Classes of adverbial phrases, and how often each is drawn.
ADJUNCTS = (
    "place:5 building:3 event:5 time:5 artifact:2 feeling:3 substance:.7 plant:.6"
)
# Classes of phrases that modify a noun.
MODIFIERS = (
    "idea:2 place:2 person:2 group:2 text:1 event:2 time:1 substance:1 feeling:1"
)
# Classes of the subject of a copula.
COPULAR = (
    "person:4 animal:1 place:2 building:2 artifact:2 food:1 idea:2 event:2 "
    "text:1 feeling:1 plant:1 body:.6 group:1 substance:1"
)
