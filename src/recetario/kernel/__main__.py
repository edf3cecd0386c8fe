"""``python -m recetario.kernel -f CONNECTION_FILE [--environment ID]``: what a kernelspec runs."""

import sys

from recetario.kernel.app import launch

launch(sys.argv[1:])
