"""Claims of the papers: statistics, intervals, and verdicts computed from them.

`judge` asks claims of runs, `to_markdown` writes the result; the claims
themselves stand in one module per paper, e.g. `ontogeny.claims.sparsity`.
"""

from ontogeny.claims.intervals import (
    Statistic,
    extreme,
    magnitude,
)
from ontogeny.claims.judge import COLUMNS, judge
from ontogeny.claims.regions import (
    Region,
    above,
    at_least,
    at_most,
    below,
    between,
    within,
)
from ontogeny.claims.report import (
    control_finding,
    scoreboard,
    to_landing_page,
    to_markdown,
)
from ontogeny.claims.verdicts import (
    VERDICTS,
    Claim,
    Lacks,
    conjunction,
    verdict,
)

__all__ = [
    "COLUMNS",
    "VERDICTS",
    "Claim",
    "Lacks",
    "Region",
    "Statistic",
    "above",
    "at_least",
    "at_most",
    "below",
    "between",
    "conjunction",
    "control_finding",
    "extreme",
    "judge",
    "magnitude",
    "scoreboard",
    "to_landing_page",
    "to_markdown",
    "verdict",
    "within",
]
