#!/usr/bin/env bash
# How do I link containers, when Podman has no --link?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% plain
podman run --detach --stop-timeout 0 --name pod-network-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% link
podman run --rm --link pod-network-web docker.io/library/busybox wget -q -O - http://pod-network-web:8080/ || echo "exit status: $?"

# %% create
podman pod create --name pod-network --publish 8080:8080

# %% use
podman stop pod-network-web
podman rename pod-network-web pod-network-web-old
podman run --detach --stop-timeout 0 --pod pod-network --name pod-network-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% together
podman run --rm --pod pod-network docker.io/library/busybox wget -q -O - http://pod-network-web:8080/ || echo "exit status: $?"

# %% neighbors
podman run --detach --stop-timeout 0 --pod pod-network --name pod-network-inside docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name pod-network-outside docker.io/library/busybox sleep infinity

# %% address
for name in pod-network-web pod-network-inside pod-network-outside; do
  podman exec "$name" ip -o -4 address show scope global | awk -v name="$name" '{print name ": " $4}'
done

# %% check
namespaces=$(for name in pod-network-web pod-network-inside; do podman exec "$name" readlink /proc/self/ns/net; done | sort --unique | wc --lines)
addresses=$(for name in pod-network-web pod-network-inside; do podman exec "$name" ip -o -4 address show scope global; done | awk '{print $4}' | sort --unique | wc --lines)
page=$(podman exec pod-network-inside wget -q -O - http://127.0.0.1:8080/ 2>&1 || [ $? = 1 ])
echo "network namespaces: $namespaces, addresses: $addresses, page on 127.0.0.1: $page"

# %% control
namespaces=$(for name in pod-network-web pod-network-outside; do podman exec "$name" readlink /proc/self/ns/net; done | sort --unique | wc --lines)
addresses=$(for name in pod-network-web pod-network-outside; do podman exec "$name" ip -o -4 address show scope global; done | awk '{print $4}' | sort --unique | wc --lines)
page=$(podman exec pod-network-outside wget -q -O - http://127.0.0.1:8080/ 2>&1 || [ $? = 1 ])
echo "network namespaces: $namespaces, addresses: $addresses, page on 127.0.0.1: $page"

# %% published
curl --silent --show-error --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"

# %% publish-later
podman run --rm --pod pod-network --publish 8081:8080 docker.io/library/busybox true || echo "exit status: $?"

# %% network
podman network create pod-network-net
podman pod create --name pod-network-shop --network pod-network-net --network-alias pod-network-alias

# %% use-network
podman run --detach --stop-timeout 0 --pod pod-network-shop --name pod-network-api docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% names-outside
for name in pod-network-api pod-network-shop pod-network-alias; do
  echo "$name: $(podman run --rm --network pod-network-net docker.io/library/busybox wget -q -O - "http://$name:8080/" 2>&1 | head --lines 1)"
done

# %% names-inside
for name in localhost pod-network-api pod-network-shop pod-network-alias; do
  echo "$name: $(podman exec pod-network-api wget -q -O - "http://$name:8080/" 2>&1 | head --lines 1)"
done

# %% cleanup
podman rm --force pod-network-outside
podman rm --force pod-network-web-old
podman pod rm --force pod-network
podman pod rm --force pod-network-shop
podman network rm pod-network-net
