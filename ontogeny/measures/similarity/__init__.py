"""Representations of the same tokens compared: `ontogeny.similarity` is its face."""
