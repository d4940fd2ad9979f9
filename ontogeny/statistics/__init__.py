"""Resamples, ranks and intervals, for figures and claims alike."""
