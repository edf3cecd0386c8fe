"""Changes to finished HTML."""
