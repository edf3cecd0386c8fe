"""Recetario: Podman networking, checked on real Podman."""
