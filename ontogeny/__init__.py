"""Ontogeny: how neural language models learn, measured at every epoch.

Importing the package loads neither torch nor spaCy; import the module of the
measure you need, for example `from ontogeny.sparsity import concentration`.

Docstrings name their sources; "the thesis" is Saphra's (2021), see CITATION.cff.
"""

__version__ = "0.1.0"
