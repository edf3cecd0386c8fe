"""Run steps in one live bash, and be a Jupyter kernel around it.

``bash`` (on ``channel``, ``text`` and two scripts) knows nothing of Jupyter; ``app`` is the kernel, ``specs`` its
kernelspecs. Steps are run by bash 5.0 or newer, on Linux.
"""
