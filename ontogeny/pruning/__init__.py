"""Pruning of LSTMs by groups of weights, counting what is left, and shrinking."""

from ontogeny.pruning.groups import penalty, threshold_
from ontogeny.pruning.structure import Count, count, gate_structure

__all__ = ["Count", "count", "gate_structure", "penalty", "threshold_"]
