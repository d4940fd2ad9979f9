"""Interdependence of words, and the syntax between them (thesis ch. 5 §3)."""
