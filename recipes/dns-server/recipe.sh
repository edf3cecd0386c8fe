#!/usr/bin/env bash
# How do I choose the DNS server of my containers?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman network create dns-server
podman run --detach --stop-timeout 0 --name dns-server-db --network dns-server docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name dns-server-web --network dns-server docker.io/library/busybox sleep infinity

# %% server
if lab_only "It starts a DNS server on another machine of the lab."; then
  outside ip address add 172.31.99.3/24 dev lan
  outside dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --listen-address=172.31.99.3 --bind-interfaces --address=/shop.test/172.31.99.1 --pid-file=/run/dns-server.pid
fi

# %% symptom
podman exec dns-server-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% neighbor
podman exec dns-server-web nslookup -type=a dns-server-db. || echo "exit status: $?"

# %% fix
podman stop dns-server-web
podman rename dns-server-web dns-server-web-old
podman run --detach --stop-timeout 0 --name dns-server-web --network dns-server --dns 172.31.99.3 docker.io/library/busybox sleep infinity

# %% works
podman exec dns-server-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% names
podman exec dns-server-web nslookup -type=a dns-server-db. || echo "exit status: $?"

# %% file
podman exec dns-server-web cat /etc/resolv.conf

# %% default
podman run --rm --network podman --dns 172.31.99.3 docker.io/library/busybox nslookup -type=a dns-server-db. || echo "exit status: $?"

# %% update
podman network update dns-server --dns-add 172.31.99.3 || echo "exit status: $?"
podman exec dns-server-db nslookup -type=a shop.test. || echo "exit status: $?"

# %% off
if lab_only "It stops a DNS server."; then
  outside sh -c "kill $(cat /run/dns-server.pid); rm --force /run/dns-server.pid; ip address delete 172.31.99.3/24 dev lan"
fi

# %% cleanup
podman rm --force dns-server-web
podman rm --force dns-server-web-old
podman rm --force dns-server-db
podman network rm dns-server
