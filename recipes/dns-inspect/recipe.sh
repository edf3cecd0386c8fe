#!/usr/bin/env bash
# Does the network of my container have DNS?
set -Eeuo pipefail

# %% plain
podman run --detach --name dns-inspect-web docker.io/library/busybox sleep infinity

# %% where
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' dns-inspect-web

# %% default-network
podman network inspect --format '{{.DNSEnabled}}' podman || echo "exit status: $?"

# %% create
podman network create dns-inspect

# %% inspect
podman network inspect --format '{{.DNSEnabled}}' dns-inspect || echo "exit status: $?"

# %% cleanup
podman rm --force dns-inspect-web
podman network rm dns-inspect
