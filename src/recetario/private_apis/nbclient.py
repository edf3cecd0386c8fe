"""Private parts of nbclient, as read in version 0.11.0.

- ``NotebookClient._cleanup_kernel()``: nbclient only cleans up by itself around a whole notebook, and we start its
  kernel once for many.
"""

from __future__ import annotations

from nbclient import NotebookClient

__all__ = ["shut_down"]


def shut_down(notebook: NotebookClient) -> None:
    """End the kernel that ``start_new_kernel`` started, and close the channels to it."""
    notebook._cleanup_kernel()
