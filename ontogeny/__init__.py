"""Ontogeny: how neural language models learn, measured at every epoch.

Importing the package loads neither torch nor spaCy; import the module of the
measure you need, for example `from ontogeny.sparsity import concentration`.
"""

__version__ = "0.1.0"
