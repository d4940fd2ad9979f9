"""Speed and memory of the core, beside plain equivalents; see docs/performance.md.

Each module has `run(folder)`, which measures and returns tables, and
`criteria(tables)`, which holds them against the project's limits.
"""
