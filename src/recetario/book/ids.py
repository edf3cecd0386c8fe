"""The types of ids, so that mypy can tell (slug, environment) from (claim, environment)."""

from __future__ import annotations

from typing import NewType

__all__ = ["CaseKey", "ClaimId", "EnvironmentId", "Slug", "VerdictKey"]

Slug = NewType("Slug", str)
"""A recipe's id, which is also the name of its folder: ``"dns-network"``."""
ClaimId = NewType("ClaimId", str)
"""A claim's id, unique among all recipes: ``"dns-new-network"``."""
EnvironmentId = NewType("EnvironmentId", str)
"""An environment's id: ``"5.4-netavark-rootless"``."""

CaseKey = tuple[Slug, EnvironmentId]
VerdictKey = tuple[ClaimId, EnvironmentId]
