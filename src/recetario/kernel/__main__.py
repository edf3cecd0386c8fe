"""``python -m recetario.kernel -f CONNECTION_FILE [--environment ID]``: the command in kernelspecs."""

import sys

from recetario.kernel.client_watch import end_with_client

end_with_client()  # before ipykernel is imported, which takes most of a second

from recetario.kernel.app import launch  # noqa: E402

launch(sys.argv[1:])
