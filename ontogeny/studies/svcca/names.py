"""What the study is made of: tagsets, texts, and which sites are compared.

Places are those of `ontogeny.measures.places`. Nothing is imported, so that figures and
claims share it without loading torch.
"""

TAGSETS = {
    "upos": "UPOS",
    "xpos": "XPOS",
    "sem_coarse": "SEM (coarse)",
    "sem_fine": "SEM (fine)",
    "topic": "topic",
}
"""Names for people, in the order of the thesis's table 2."""

COMMON = "articles"
"""The text that all models are compared on."""

OWN_DOMAIN = {"xpos": "xpos", "sem_coarse": "sem", "sem_fine": "sem"}
"""The text a tagset is learned from, where that is not the common one's."""

LAYERS = (("embedding", "h1"), ("h1", "h2"), ("embedding", "h2"))
"""Places in a language model that are compared with each other (figure 5)."""

PANELS = {"embedding": "embedding", "h1": "h1", "h2": "h1"}
"""A language model's place and the tag model's that corresponds (figure 8)."""

WITHIN = 0.02
"""Of its end value: a curve that stays so near has stabilised (claims, V16)."""

LEARNED_POINTS = 10
"""V12's margin. A tag model nearer to its shuffled twin than this represents no
property, and similarity to it tells of none; nor does such a diagnostic classifier."""

HALVES = 20
"""How often resampling groups are cut in two, for how far a similarity may be off."""
