"""Universal semantic tags: which coarse class a fine tag belongs to.

Source: Abzianidze & Bos (2017), Towards Universal Semantic Tagging, table 1
(arXiv:1709.10381), and beside it tags of the Parallel Meaning Bank 4.0.0: PRX,
MED and DST (demonstratives; their class is DEM in the thesis's table 1), APX
(approximation) and EFS (an event in the simple future).
"""

from __future__ import annotations

_COARSE = {
    "ANA": "PRO DEF HAS REF EMP",
    "ACT": "GRE ITJ HES QUE",
    "ATT": "QUC QUV COL IST SST PRI DEG INT REL SCO",
    "COM": "EQU MOR LES TOP BOT ORD APX",
    "UNE": "CON ROL GRP",
    "DXS": "DXP DXT DXD PRX MED DST",
    "LOG": "ALT XCL NIL DIS IMP AND",
    "MOD": "NOT NEC POS",
    "DSC": "SUB COO APP BUT",
    "NAM": "PER GPE GPO GEO ORG ART HAP UOM CTC URL LIT NTH",
    "EVE": "EXS ENS EPS EXG EXT EFS",
    "TNS": "NOW PST FUT PRG PFT",
    "TIM": "DAT DOM YOC DOW MOY DEC CLO",
}
COARSE_OF = {fine: coarse for coarse, row in _COARSE.items() for fine in row.split()}
"""The 13 coarse classes: anaphoric, speech act, attribute, comparative, unnamed
entity, deixis, logical, modality, discourse, named entity, event, tense and
aspect, temporal entity."""

UNKNOWN_CLASS = "UNK"
"""For a tag that the table lacks: the thesis too has an "unknown" tag (§3.1)."""


def coarse(fine: str) -> str:
    """The coarse class of a fine semantic tag.

    >>> coarse("PER"), coarse("NIL"), coarse("no such tag")
    ('NAM', 'LOG', 'UNK')
    """
    return COARSE_OF.get(fine, UNKNOWN_CLASS)
