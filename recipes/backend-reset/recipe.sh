#!/usr/bin/env bash
# Do I have to reset Podman to change its network backend?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% fill
podman volume create backend-reset
podman network create backend-reset
podman create --name backend-reset-web docker.io/library/busybox true

# %% force
for backend in cni netavark; do
  printf '[network]\nnetwork_backend = "%s"\n' "$backend" >backend-reset.conf
  CONTAINERS_CONF=backend-reset.conf podman info --format "{{.Host.NetworkBackend}} when asked for $backend" || echo "exit status: $?"
done

# %% elsewhere
for backend in cni netavark; do
  printf '[network]\nnetwork_backend = "netavark"\n[engine]\nnetwork_backend = "%s"\n' "$backend" >backend-reset.conf
  CONTAINERS_CONF=backend-reset.conf podman info --format "{{.Host.NetworkBackend}} when asked for $backend" || echo "exit status: $?"
done

# %% without-key
if lab_only "It makes Podman choose a network backend, and remember it."; then
  sed '/^network_backend/d' /usr/share/containers/containers.conf >backend-reset-none.conf
  CONTAINERS_CONF=backend-reset-none.conf podman info --format '{{.Host.NetworkBackend}} without a reset' || echo "exit status: $?"
fi

# %% with-key
printf '[network]\nnetwork_backend = "netavark"\n' >backend-reset.conf
CONTAINERS_CONF=backend-reset.conf podman info --format '{{.Host.NetworkBackend}} without a reset' || echo "exit status: $?"

# %% count
podman system df --format '{{.Type}}: {{.Total}}'
echo "Networks: $(podman network ls --format '{{.Name}}' | grep --count backend-reset)"
echo "Images of users: $(find /home/*/.local/share/containers/storage/*-images -mindepth 1 -type d | wc --lines)"

# %% reset
if lab_only "It deletes every container, image, volume, network, and pod."; then
  podman system reset --force
  CONTAINERS_CONF=backend-reset-none.conf podman info --format '{{.Host.NetworkBackend}} after the reset' || echo "exit status: $?"
fi

# %% count-after
podman system df --format '{{.Type}}: {{.Total}}'
echo "Networks: $(podman network ls --format '{{.Name}}' | grep --count backend-reset)"
echo "Images of users: $(find /home/*/.local/share/containers/storage/*-images -mindepth 1 -type d | wc --lines)"

# %% cleanup
podman rm --force --ignore backend-reset-web
podman volume ls --quiet | sed --quiet '/^backend-reset$/p' | xargs --no-run-if-empty podman volume rm
podman network ls --format '{{.Name}}' | sed --quiet '/^backend-reset$/p' | xargs --no-run-if-empty podman network rm
rm --force backend-reset.conf backend-reset-none.conf
