"""Functions that change HTML after it was rendered."""
