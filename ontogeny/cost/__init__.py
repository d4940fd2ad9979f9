"""What a run will take: stages, the rates behind them, and their sums."""
