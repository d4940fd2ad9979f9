"""Probes: what can be read from a representation, by training."""
