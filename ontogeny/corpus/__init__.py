"""Corpora: documents → sentences → kept sentences → word ids.

`readers` knows the formats, `sentences` splits and tokenises, `filtering` is
the paper's two-step filter with splits and vocabulary, `encoding` makes ids.
"""

# ASSUME: ours, not the paper's. WikiText-2 keeps 45 % at min_count 10, the built-in
# corpora 97 %; of a text that keeps less than a twentieth, what is left is no sample.
LEAST_KEPT = 0.05
"""Share of the tokens that the filter must keep."""
