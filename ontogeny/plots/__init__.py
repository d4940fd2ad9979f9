"""Figures from their tables. Plotting computes nothing: what is drawn is a column."""
