"""Corpora: documents → sentences → kept sentences → word ids.

`readers` knows the formats, `sentences` splits and tokenises, `filtering` is
the paper's two-step filter with splits and vocabulary, `encoding` makes ids.
"""
