"""What `check` runs: all of it, or what a change can have broken and a sample of the rest."""
