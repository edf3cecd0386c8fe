#!/usr/bin/env bash
# Why do outside names take seconds in my containers, or time out?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman network create names-slow
podman run --detach --stop-timeout 0 --name names-slow-db --network names-slow docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name names-slow-web --network names-slow docker.io/library/busybox sleep infinity

# %% die
if lab_only "It silences the machine's DNS server."; then
  lan-dns dead
fi

# %% symptom
podman exec names-slow-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% neighbor
podman exec names-slow-web nslookup -type=a names-slow-db. || echo "exit status: $?"

# %% inside
[ "$(id -u)" = 0 ] || podman unshare --rootless-netns cat /etc/resolv.conf

# %% ask
podman exec names-slow-web nslookup -type=a shop.test. 172.31.99.3 || echo "exit status: $?"

# %% fix
podman stop names-slow-web
podman rename names-slow-web names-slow-web-old
podman run --detach --stop-timeout 0 --name names-slow-web --network names-slow --dns 172.31.99.3 docker.io/library/busybox sleep infinity

# %% works
podman exec names-slow-web nslookup -type=a shop.test. || echo "exit status: $?"

# %% slow
if lab_only "It makes the machine's DNS server slow."; then
  lan-dns slow 3
  timeout 2 podman exec names-slow-db nslookup -type=a shop.test. || echo "nothing for 2 seconds"
fi

# %% late
podman exec names-slow-db nslookup -type=a shop.test. || echo "exit status: $?"

# %% again
timeout 2 podman exec names-slow-db nslookup -type=a shop.test. || echo "nothing for 2 seconds"

# %% off
if lab_only "It gives the machine its DNS server back."; then
  lan-dns back
fi

# %% cleanup
podman rm --force --ignore names-slow-web names-slow-web-old names-slow-db >/dev/null
podman network rm names-slow
