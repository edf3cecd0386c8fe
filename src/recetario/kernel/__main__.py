"""``python -m recetario.kernel -f CONNECTION_FILE [--environment ID]``: the command in kernelspecs."""

import sys

from recetario.kernel.app import launch

launch(sys.argv[1:])
