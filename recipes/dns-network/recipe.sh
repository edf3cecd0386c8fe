#!/usr/bin/env bash
# Do containers find each other by name once they are on a network of their own?
set -Eeuo pipefail

# %% plain
podman run --detach --name dns-network-web docker.io/library/busybox sleep infinity
podman run --detach --name dns-network-app docker.io/library/busybox sleep infinity

# %% symptom
podman exec dns-network-app nslookup -type=a dns-network-web || echo "exit status: $?"

# %% created
podman inspect --format '{{.Config.CreateCommand}}' dns-network-web dns-network-app

# %% create
podman network create dns-network

# %% use
podman stop dns-network-web
podman stop dns-network-app
podman rename dns-network-web dns-network-web-old
podman rename dns-network-app dns-network-app-old
podman run --detach --name dns-network-web --network dns-network docker.io/library/busybox sleep infinity
podman run --detach --name dns-network-app --network dns-network docker.io/library/busybox sleep infinity

# %% check
podman exec dns-network-app nslookup -type=a dns-network-web || echo "exit status: $?"

# %% control
podman run --rm --network podman docker.io/library/busybox nslookup -type=a dns-network-web || echo "exit status: $?"

# %% cleanup
podman rm --force dns-network-web dns-network-app dns-network-web-old dns-network-app-old >/dev/null
podman network rm dns-network
