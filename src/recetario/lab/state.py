"""Make snapshots of hosts comparable, and find what was left behind.

Pure functions: ``scripts/snapshot``, which runs inside a host, makes the text.
"""

from __future__ import annotations

import re

__all__ = ["leaks", "normalise_state"]

# What differs between two hosts in the same state: ids and digests, full or shortened, and random names.
_VOLATILE = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{12,}|[0-9A-F]{12,})(?![0-9A-Za-z])"), "<id>"),
    (re.compile(r"(?<=/)systemd-private-<id>-(.+?)-\w{6}$"), r"systemd-private-<id>-\1-<n>"),
    (re.compile(r"\bveth[0-9a-f]+\b"), "veth<n>"),
    (re.compile(r"\bnv_[0-9a-f]{8}_"), "nv_<id>_"),
)
_CNI_NETWORK = re.compile(r"^(file /var/lib/cni/networks/)([^/]+)")
_BRIDGE = re.compile(r"\b(?:cni-)?podman\d+\b")


def normalise_state(text: str) -> frozenset[str]:
    """Replace what differs between hosts in the same state by tokens.

    Args:
        text: Lines "KIND NAME" as the script prints them.

    Returns:
        The same lines with tokens for ids. The name of a network or bridge that no longer exists becomes a token too,
        because Podman leaves the same files and rules for every removed network, except for its name.
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
    """What was added, except Podman's own residue, and what was removed.

    Returns:
        Lines "KIND NAME", sorted; then, also sorted, those that were removed, with the prefix "gone: ".
    """
    return sorted(after - before - residue) + sorted(f"gone: {line}" for line in before - after)
