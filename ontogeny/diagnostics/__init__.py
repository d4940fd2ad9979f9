"""Diagnostic classifiers: what can be read from a representation, by training."""

from ontogeny.diagnostics.classifiers import (
    Classifiers,
    Counts,
    Training,
    train_classifiers,
)

__all__ = ["Classifiers", "Counts", "Training", "train_classifiers"]
