#!/usr/bin/env bash
# Why don't containers find names outside since the host changed its DNS server?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman network create names-outside
podman run --detach --stop-timeout 0 --name names-outside-web --network names-outside docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name names-outside-db --network names-outside docker.io/library/busybox sleep infinity
podman exec names-outside-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% move
if lab_only "It gives the machine another DNS server."; then
  outside sh -c 'ip address add 172.31.99.3/24 dev lan && dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --listen-address=172.31.99.3 --bind-interfaces --address=/shop.test/172.31.99.1 --pid-file=/run/names-outside.pid && echo nameserver 172.31.99.3 >/etc/resolv.conf'
  getent hosts shop.test
fi

# %% symptom
timeout 5 sh -c 'until podman exec names-outside-web nslookup -type=a shop.test.; do sleep 0.2; done' >/dev/null 2>&1 || echo "the same for 5 seconds"
podman exec names-outside-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% reload
podman network reload names-outside-web
timeout 5 sh -c 'until podman exec names-outside-web nslookup -type=a shop.test.; do sleep 0.2; done' >/dev/null 2>&1 || echo "the same for 5 seconds"
podman exec names-outside-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% one
podman stop names-outside-web
podman start names-outside-web
podman exec names-outside-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% fix-root
if root; then
  podman network reload names-outside-web
fi

# %% fix-rootless
if rootless; then
  podman stop names-outside-web
  podman stop names-outside-db
  podman start names-outside-web names-outside-db
fi

# %% works
podman exec names-outside-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% off
if lab_only "It gives the machine its DNS server back."; then
  outside sh -c "kill $(cat /run/names-outside.pid); rm --recursive --force /run/names-outside.pid /run/cni/tuning; ip address delete 172.31.99.3/24 dev lan; echo nameserver 172.31.99.1 >/etc/resolv.conf"
fi

# %% cleanup
podman rm --force names-outside-web names-outside-db >/dev/null
podman network rm names-outside
