#!/usr/bin/env bash
# Why does the host's IP not answer inside a rootless pod?
set -Eeuo pipefail

# %% create
podman pod create --name pod-host-address-server --publish 8106:8080
podman run --detach --pod pod-host-address-server --name pod-host-address-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman pod create --name pod-host-address-client

# %% check
podman run --rm --pod pod-host-address-client docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8106/" || echo "exit status: $?"

# %% whose
own=$(podman run --rm --pod pod-host-address-client docker.io/library/busybox ip -o -4 address show scope global | awk '{print $4}')
echo "the host's address: $(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'), the pod's: $own"

# %% by-name
podman run --rm --pod pod-host-address-client docker.io/library/busybox wget -q -T 10 -O - http://host.containers.internal:8106/ || echo "exit status: $?"

# %% old-mode
podman run --rm --network slirp4netns docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8106/" || echo "exit status: $?"

# %% cleanup
podman pod rm --force pod-host-address-client
podman pod rm --force pod-host-address-server
