"""What readers take with them: notebooks and scripts."""
