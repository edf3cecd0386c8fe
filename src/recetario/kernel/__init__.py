"""A Jupyter kernel that runs steps in one long-lived bash.

``bash`` runs the steps, with ``channel``, ``text`` and two scripts; it does not depend on Jupyter. ``app`` is the
kernel, ``client_watch`` ends it with its client, and ``specs`` writes its kernelspecs. Steps need bash 5.0 or newer, on
Linux.
"""
