"""The shell of a job: its log, lock, checksums, states and fingerprint of code."""
