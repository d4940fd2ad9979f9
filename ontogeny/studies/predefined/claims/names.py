"""The paper of the claims about predefined sparseness."""

from ontogeny.claims.verdicts import claims_of

PAPER = "Predefined Sparseness in Recurrent Sequence Models (Demeester et al., 2018)"

predefined_claim = claims_of(PAPER)
