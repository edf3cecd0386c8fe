#!/usr/bin/env bash
# Which bridge is a rootful container joined to, and which addresses are on it?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% serve
podman run --detach --name root-bridge-service --network host docker.io/library/busybox sh -c 'echo "hello from the host" >/tmp/index.html; exec httpd -f -p 8097 -h /tmp'
curl --silent --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:8097/

# %% create
podman run --detach --pod new:root-bridge-a --name root-bridge-a-app docker.io/library/busybox sleep infinity
podman run --detach --pod new:root-bridge-b --name root-bridge-b-app docker.io/library/busybox sleep infinity

# %% bridge-root
if root; then
  link=$(podman exec root-bridge-a-app cat /sys/class/net/eth0/iflink)
  ip -oneline link show | grep "^$link:" | grep --only-matching 'master [^ ]*'
fi

# %% bridge-rootless
if rootless; then
  podman exec root-bridge-a-app ls /sys/class/net
fi

# %% by-hand
podman run --rm --network none --cap-add NET_ADMIN docker.io/library/busybox sh -c '
  ip link add cni0 type bridge
  ip link add root-bridge type veth
  ip link set root-bridge master cni0
  ip -oneline link show root-bridge' | grep --only-matching 'master [^ ]*'

# %% addresses
a=$(podman exec root-bridge-a-app hostname -i)
b=$(podman exec root-bridge-b-app hostname -i)
ip route get "$a" | awk -v a="$a" -v b="$b" 'sub(/.* src /, "") { print a ", " b (a == b ? ": the same" : ": one each") ", host: " $1 }'

# %% same-pod
a=$(podman exec root-bridge-a-app hostname -i)
b=$(podman run --rm --pod root-bridge-a docker.io/library/busybox hostname -i)
ip route get "$a" | awk -v a="$a" -v b="$b" 'sub(/.* src /, "") { print a ", " b (a == b ? ": the same" : ": one each") ", host: " $1 }'

# %% gateway
podman exec root-bridge-a-app sh -c 'timeout 5 wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | cut -d " " -f 3):8097/"' || echo "exit status: $?"

# %% itself
podman exec root-bridge-a-app timeout 5 wget --quiet --output-document - http://127.0.0.1:8097/ || echo "exit status: $?"

# %% host-network
podman run --rm --network host docker.io/library/busybox wget --quiet --output-document - http://127.0.0.1:8097/ || echo "exit status: $?"

# %% cleanup
podman pod rm --force root-bridge-a
podman pod rm --force root-bridge-b
podman rm --force root-bridge-service
