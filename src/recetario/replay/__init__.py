"""Replay recipes in lab hosts, compare the results with the evidence, and accept them."""
