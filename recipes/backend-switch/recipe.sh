#!/usr/bin/env bash
# How do I move my containers from CNI to netavark?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman network create backend-switch
podman run --detach --name backend-switch-web --network backend-switch --publish 8106:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% symptom
echo "$(podman info --format '{{.Host.NetworkBackend}}'): $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8106/ || echo closed)"

# %% note
podman ps --all --format '{{.Names}}: {{.Networks}}'
podman network inspect backend-switch

# %% stop
podman stop backend-switch-web

# %% file-root
if root; then
  mkdir --parents /etc/containers/containers.conf.d
  printf '[network]\nnetwork_backend = "netavark"\n' >/etc/containers/containers.conf.d/backend-switch.conf
fi

# %% file-rootless
if rootless; then
  mkdir --parents ~/.config/containers/containers.conf.d
  printf '[network]\nnetwork_backend = "netavark"\n' >~/.config/containers/containers.conf.d/backend-switch.conf
fi

# %% start
podman network create backend-switch || echo "exit status: $?"
podman start backend-switch-web

# %% works
echo "$(podman info --format '{{.Host.NetworkBackend}}'): $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8106/ || echo closed)"

# %% tidy
if lab_only "It deletes all firewall rules, and the network files of all containers."; then
  podman stop backend-switch-web
  [ "$(id -u)" != 0 ] || nft flush ruleset
  rm --recursive --force /var/lib/cni /run/containers/networks "/run/user/$(id -u)/containers/cni" "/run/user/$(id -u)/containers/networks"
fi

# %% cleanup
podman rm --force --ignore backend-switch-web
podman network ls --format '{{.Name}}' | sed --quiet '/^backend-switch$/p' | xargs --no-run-if-empty podman network rm
rm --force /etc/containers/containers.conf.d/backend-switch.conf ~/.config/containers/containers.conf.d/backend-switch.conf
podman network ls --format '{{.Name}}' | sed --quiet '/^backend-switch$/p' | xargs --no-run-if-empty podman network rm
rmdir --ignore-fail-on-non-empty ~/.config/containers/containers.conf.d 2>/dev/null || rmdir --ignore-fail-on-non-empty /etc/containers/containers.conf.d
