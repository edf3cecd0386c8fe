#!/usr/bin/env bash
# How do I link containers, when Podman has no --link?
set -Eeuo pipefail

# %% plain
podman run --detach --name pod-network-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% link
podman run --rm --link pod-network-web docker.io/library/busybox wget -q -O - http://pod-network-web:8080/ || echo "exit status: $?"

# %% create
podman pod create --name pod-network --publish 8080:8080

# %% use
podman stop pod-network-web
podman rename pod-network-web pod-network-web-old
podman run --detach --pod pod-network --name pod-network-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% together
podman run --rm --pod pod-network docker.io/library/busybox wget -q -O - http://pod-network-web:8080/ || echo "exit status: $?"

# %% published
curl --silent --show-error --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"

# %% publish-later
podman run --rm --pod pod-network --publish 8081:8080 docker.io/library/busybox true || echo "exit status: $?"

# %% cleanup
podman pod rm --force pod-network
podman rm --force pod-network-web-old
