"""Part-of-speech tagging: spaCy pipelines, and word classes from their tags.

`tags` gives words a tag, `pipeline` trains or loads what gives it, `accuracy`
scores it against a treebank; `classes` turns counts of tags into word classes
and needs no spaCy. Importing this package loads none of them.
"""
