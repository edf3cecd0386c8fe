"""The lab: disposable machines with the Podman of each environment."""
