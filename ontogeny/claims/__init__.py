"""The framework of claims: statistics with intervals, and verdicts from them."""
