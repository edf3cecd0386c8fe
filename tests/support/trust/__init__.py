"""What ``tests/trust.py`` does to replays, and what must be left of them."""
