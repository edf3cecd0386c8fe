"""The lab: disposable hosts, each with the Podman of one environment."""
