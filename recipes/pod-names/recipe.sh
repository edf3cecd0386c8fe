#!/usr/bin/env bash
# Why does the name of a container in a pod not resolve from outside?
set -Eeuo pipefail

# %% network
podman network create pod-names
podman pod create --name pod-names-shop --network pod-names --network-alias pod-names-alias

# %% use-network
podman run --detach --pod pod-names-shop --name pod-names-api docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% symptom
podman run --rm --network pod-names docker.io/library/busybox wget -q -O - http://pod-names-api:8080/ || echo "exit status: $?"

# %% check
podman run --rm --network pod-names docker.io/library/busybox wget -q -O - http://pod-names-shop:8080/ || echo "exit status: $?"

# %% names-outside
podman run --rm --network pod-names docker.io/library/busybox sh -c 'for name in pod-names-api pod-names-shop pod-names-alias; do
  echo "$name: $(wget -q -O - "http://$name:8080/" 2>&1)"
done'

# %% names-inside
for name in localhost pod-names-api pod-names-shop pod-names-alias; do
  echo "$name: $(podman exec pod-names-api wget -q -O - "http://$name:8080/" 2>&1 | head --lines 1)"
done

# %% late-alias
podman network create pod-names-other
podman network connect --alias pod-names-late pod-names-other "$(podman pod inspect --format '{{.InfraContainerID}}' pod-names-shop)"
podman run --rm --network pod-names-other docker.io/library/busybox wget -q -T 5 -O - http://pod-names-late:8080/ || echo "exit status: $?"

# %% cleanup
podman pod rm --force pod-names-shop
podman network rm pod-names pod-names-other
