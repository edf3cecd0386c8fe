"""``python -m recetario``."""

from recetario.cli import main

main(prog_name="recetario")
