#!/usr/bin/env bash
# Which network backend is my Podman using, and which ones does it have?
set -Eeuo pipefail

# %% ask
podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"

# %% create
podman network create backend-check

# %% bridge
podman network inspect backend-check | grep --only-matching --extended-regexp '(cni-)?podman[0-9]+'

# %% check
backend=$(podman info --format '{{.Host.NetworkBackend}}' || echo none)
bridge=$(podman network inspect podman | grep --only-matching --extended-regexp '(cni-)?podman[0-9]+' || echo none)
echo "backend: $backend, bridge of the default network: $bridge"

# %% control
backend=$(podman info --format '{{.Host.NoSuchField}}' || echo none)
bridge=$(podman network inspect podman | grep --only-matching --extended-regexp '(cni-)?podman[0-9]+' || echo none)
echo "backend: $backend, bridge of the default network: $bridge"

# %% try
for backend in cni netavark; do
  printf '[network]\nnetwork_backend = "%s"\n' "$backend" >backend-check.conf
  CONTAINERS_CONF=backend-check.conf podman network create "backend-check-$backend" || continue
  CONTAINERS_CONF=backend-check.conf podman network inspect "backend-check-$backend" >"backend-check-$backend.json"
  CONTAINERS_CONF=backend-check.conf podman network rm "backend-check-$backend"
done

# %% count
cat backend-check-*.json | grep --only-matching --extended-regexp '"(cni-)?podman[0-9]' | sort --unique | awk '{ names = names (/cni/ ? " cni" : " netavark") } END { print NR (NR == 1 ? " backend:" : " backends:") names }'

# %% count-one
grep --only-matching --extended-regexp '"(cni-)?podman[0-9]' backend-check-netavark.json | sort --unique | awk '{ names = names (/cni/ ? " cni" : " netavark") } END { print NR (NR == 1 ? " backend:" : " backends:") names }'

# %% cleanup
podman network rm backend-check
rm --force backend-check.conf backend-check-*.json
