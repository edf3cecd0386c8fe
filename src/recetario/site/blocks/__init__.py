"""Markdown blocks that put steps, outputs and verdicts on pages."""
