#!/usr/bin/env bash
# Why does one container not reach another on 127.0.0.1?
set -Eeuo pipefail

# %% plain
podman run --detach --name pod-localhost-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman run --detach --name pod-localhost-app docker.io/library/busybox sleep infinity

# %% symptom
podman exec pod-localhost-app wget -q -O - http://127.0.0.1:8080/ || echo "exit status: $?"

# %% control
namespaces=$(for name in pod-localhost-web pod-localhost-app; do podman exec "$name" readlink /proc/self/ns/net; done | sort --unique | wc --lines)
addresses=$(for name in pod-localhost-web pod-localhost-app; do podman exec "$name" ip -o -4 address show scope global; done | awk '{print $4}' | sort --unique | wc --lines)
page=$(podman exec pod-localhost-app wget -q -O - http://127.0.0.1:8080/ 2>&1 || [ $? = 1 ])
echo "network namespaces: $namespaces, addresses: $addresses, page on 127.0.0.1: $page"

# %% create
podman pod create --name pod-localhost

# %% use
podman stop pod-localhost-web
podman stop pod-localhost-app
podman rename pod-localhost-web pod-localhost-web-old
podman rename pod-localhost-app pod-localhost-app-old
podman run --detach --pod pod-localhost --name pod-localhost-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman run --detach --pod pod-localhost --name pod-localhost-app docker.io/library/busybox sleep infinity

# %% works
podman exec pod-localhost-app wget -q -O - http://127.0.0.1:8080/ || echo "exit status: $?"

# %% check
namespaces=$(for name in pod-localhost-web pod-localhost-app; do podman exec "$name" readlink /proc/self/ns/net; done | sort --unique | wc --lines)
addresses=$(for name in pod-localhost-web pod-localhost-app; do podman exec "$name" ip -o -4 address show scope global; done | awk '{print $4}' | sort --unique | wc --lines)
page=$(podman exec pod-localhost-app wget -q -O - http://127.0.0.1:8080/ 2>&1 || [ $? = 1 ])
echo "network namespaces: $namespaces, addresses: $addresses, page on 127.0.0.1: $page"

# %% cleanup
podman pod rm --force pod-localhost
podman rm --force pod-localhost-web-old pod-localhost-app-old >/dev/null
