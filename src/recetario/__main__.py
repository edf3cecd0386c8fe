"""``python -m recetario``."""

from recetario.cli import main

main()
