#!/usr/bin/env bash
# Why do my rootful containers have neither names nor internet with ufw?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman network create --subnet 10.99.0.0/24 ufw-network
podman run --detach --name ufw-network-api --network ufw-network docker.io/library/busybox sleep infinity
podman run --detach --name ufw-network-web --network ufw-network docker.io/library/busybox sleep infinity

# %% subnet
podman network inspect ufw-network | grep --max-count=1 '"subnet"'

# %% symptom
if lab_only "It calls another machine of the lab."; then
  name=$(podman exec ufw-network-web sh -c 'nslookup -type=a ufw-network-api 10.99.0.1 2>&1 | grep . | tail -n 1')
  out=$(podman exec ufw-network-web sh -c 'nc -w 3 172.31.99.1 53 -e true && echo open' || echo closed)
  echo "name: $name, way out: $out"
fi

# %% rules
if ufw show added | grep 10.99.0.0/24; then echo "You already have a rule for this subnet: nothing was changed." >&2; false; fi
touch ufw-network.ours

# %% fix
ufw allow from 10.99.0.0/24 to any port 53
ufw route allow from 10.99.0.0/24

# %% works
if lab_only "It calls another machine of the lab."; then
  name=$(podman exec ufw-network-web sh -c 'nslookup -type=a ufw-network-api 10.99.0.1 2>&1 | grep . | tail -n 1')
  out=$(podman exec ufw-network-web sh -c 'nc -w 3 172.31.99.1 53 -e true && echo open' || echo closed)
  echo "name: $name, way out: $out"
fi

# %% cleanup
if [ -e ufw-network.ours ]; then
  ufw delete allow from 10.99.0.0/24 to any port 53
  ufw route delete allow from 10.99.0.0/24
  rm ufw-network.ours
fi
podman rm --force ufw-network-web ufw-network-api >/dev/null
podman network rm ufw-network
