"""Describe what is in a host so that equal states give equal descriptions, and tell what was left behind.

Pure: the text comes from ``scripts/snapshot``, which runs inside.
"""

from __future__ import annotations

import re

__all__ = ["leaks", "normalise_state"]

# What differs between two equal hosts: ids and digests, whole or cut, and names drawn by lot.
_VOLATILE = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{12,}|[0-9A-F]{12,})(?![0-9A-Za-z])"), "<id>"),
    (re.compile(r"\bveth[0-9a-f]+\b"), "veth<n>"),
    (re.compile(r"\bnv_[0-9a-f]{8}_"), "nv_<id>_"),
)
_CNI_NETWORK = re.compile(r"^(file /var/lib/cni/networks/)([^/]+)")
_BRIDGE = re.compile(r"\b(?:cni-)?podman\d+\b")


def normalise_state(text: str) -> frozenset[str]:
    """The state that a snapshot describes.

    Args:
        text: Lines "KIND NAME" as the script prints them.

    Returns:
        The same lines with tokens for ids. Where a line speaks of a network or a bridge that is no longer there, a
        token stands for its name: what Podman leaves of *any* network is then the same whatever its name was.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    networks = {line.split()[1] for line in lines if line.startswith("network ")}
    interfaces = {line.split()[1] for line in lines if line.startswith("interface ")}

    def normalise_line(line: str) -> str:
        for pattern, token in _VOLATILE:
            line = pattern.sub(token, line)
        if line.startswith("firewall "):
            line = _BRIDGE.sub(lambda m: m[0] if m[0] in interfaces else "<gone bridge>", line)
        return _CNI_NETWORK.sub(lambda m: m[0] if m[2] in networks else f"{m[1]}<gone network>", line)

    return frozenset(normalise_line(line) for line in lines)


def leaks(before: frozenset[str], after: frozenset[str], residue: frozenset[str]) -> list[str]:
    """What is there that was not, and is none of Podman's own residue; and what was there and is gone.

    Returns:
        Sorted lines "KIND NAME", those of the second kind with "gone: " before them.
    """
    return sorted(after - before - residue) + sorted(f"gone: {line}" for line in before - after)
