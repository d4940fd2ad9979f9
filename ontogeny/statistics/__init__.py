"""Resamples, ranks and intervals, for figures and claims; arguments made arrays."""
