#!/usr/bin/env bash
# How does a container reach a service on the host?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% serve
podman run --detach --stop-timeout 0 --name root-bridge-service --network host docker.io/library/busybox sh -c 'echo "hello from the host" >/tmp/index.html; exec httpd -f -p 8097 -h /tmp'

# %% ready
curl --silent --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:8097/

# %% create
podman pod create --name root-bridge-a
podman run --detach --stop-timeout 0 --pod root-bridge-a --name root-bridge-a-app docker.io/library/busybox sleep infinity
podman pod create --name root-bridge-b
podman run --detach --stop-timeout 0 --pod root-bridge-b --name root-bridge-b-app docker.io/library/busybox sleep infinity

# %% itself
podman exec root-bridge-a-app timeout 5 wget --quiet --output-document - http://127.0.0.1:8097/ || echo "exit status: $?"

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

# %% name
podman exec root-bridge-a-app timeout 5 wget --quiet --output-document - http://host.containers.internal:8097/ || echo "exit status: $?"

# %% address
podman exec root-bridge-a-app timeout 5 wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8097/" || echo "exit status: $?"

# %% network
podman run --rm --network podman docker.io/library/busybox sh -c '
  for host in $(ip route get 192.0.2.1 | cut -d " " -f 3) host.containers.internal; do
    echo "$host: $(timeout 5 wget --quiet --output-document - "http://$host:8097/" 2>&1)"
  done' || echo "exit status: $?"

# %% local
podman run --detach --stop-timeout 0 --name root-bridge-local --network host docker.io/library/busybox sh -c '
  mkdir /tmp/cgi-bin
  printf "#!/bin/sh\necho\necho \"hello from the host to \$REMOTE_ADDR\"\n" >/tmp/cgi-bin/index.cgi
  chmod +x /tmp/cgi-bin/index.cgi
  httpd -p 127.0.0.1:8099 -h /tmp
  exec httpd -f -p 127.0.0.1:8098 -h /tmp'
curl --silent --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:8098/

# %% local-closed
podman exec root-bridge-a-app sh -c 'for host in $(ip route get 192.0.2.1 | cut -d " " -f 3) host.containers.internal; do
  timeout 5 wget --quiet --output-document - "http://$host:8098/" || echo closed
done' 2>/dev/null

# %% loopback-root
if root; then
  podman run --rm --network host docker.io/library/busybox wget --quiet --output-document - http://127.0.0.1:8098/ || echo "exit status: $?"
fi

# %% loopback-rootless
if rootless; then
  podman run --rm --network pasta:--map-gw docker.io/library/busybox sh -c 'for port in 8098 8099; do
    wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | cut -d " " -f 3):$port/"; done' ||
    podman run --rm --network slirp4netns:allow_host_loopback=true docker.io/library/busybox sh -c 'for port in 8098 8099; do
      wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | cut -d " " -f 3):$port/"; done' || echo "exit status: $?"
fi

# %% host-network
podman run --rm --network host docker.io/library/busybox wget --quiet --output-document - http://127.0.0.1:8099/ || echo "exit status: $?"

# %% one-service-root
if root; then
  gateway=$(podman exec root-bridge-a-app ip route get 192.0.2.1 | cut -d " " -f 3)
  podman run --detach --stop-timeout 0 --name root-bridge-inner --network host docker.io/library/busybox sh -c "echo 'hello from the bridge' >/tmp/index.html; exec httpd -f -p $gateway:8100 -h /tmp"
  podman exec root-bridge-a-app timeout 10 sh -c "until wget --quiet --output-document - http://$gateway:8100/ 2>/dev/null; do sleep 0.1; done" || echo "exit status: $?"
fi

# %% one-service-rootless
if rootless; then
  podman run --rm --network pasta:-T,8098 docker.io/library/busybox wget --quiet --output-document - http://127.0.0.1:8098/ || echo "exit status: $?"
fi

# %% one-service-only-root
if root; then
  podman run --rm --network host docker.io/library/busybox wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8100/" || echo "exit status: $?"
fi

# %% one-service-only-rootless
if rootless; then
  podman run --rm --network pasta:-T,8098 docker.io/library/busybox wget --quiet --output-document - http://127.0.0.1:8099/ || echo "exit status: $?"
fi

# %% other-interface-root
if root && lab_only "It adds a network interface to the host, with an address of its own, and deletes it again."; then
  ip link add root-bridge type bridge
  ip address add 198.51.100.1/32 dev root-bridge
  ip link set root-bridge up
  podman exec root-bridge-a-app timeout 5 wget --quiet --output-document - http://198.51.100.1:8097/ || echo "exit status: $?"
  ip link delete root-bridge
fi

# %% other-interface-rootless
if rootless && lab_only "It adds a network interface to the host, with an address of its own, and deletes it again."; then
  sudo ip link add root-bridge type bridge
  sudo ip address add 198.51.100.1/32 dev root-bridge
  sudo ip link set root-bridge up
  podman exec root-bridge-a-app timeout 5 wget --quiet --output-document - http://198.51.100.1:8097/ || echo "exit status: $?"
  sudo ip link delete root-bridge
fi

# %% cleanup
podman pod rm --force root-bridge-a
podman pod rm --force root-bridge-b
podman rm --force --ignore root-bridge-inner
podman rm --force root-bridge-local
podman rm --force root-bridge-service
