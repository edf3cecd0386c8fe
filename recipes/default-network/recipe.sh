#!/usr/bin/env bash
# How do I change the network that containers get without --network?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% file
backend=$(podman info --format '{{.Host.NetworkBackend}}' || echo cni)
sed "/^network_backend/d; /^\[network\]/a network_backend = \"$backend\"" /usr/share/containers/containers.conf >default-network.conf

# %% create
podman network create default-network

# %% notes-key
sed '/^\[network\]/a default = "default-network"' default-network.conf >default-network-notes.conf
CONTAINERS_CONF=$PWD/default-network-notes.conf podman create --name default-network-web docker.io/library/busybox sleep infinity
CONTAINERS_CONF=$PWD/default-network-notes.conf podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
CONTAINERS_CONF=$PWD/default-network-notes.conf podman rm --force default-network-web >/dev/null

# %% setting
sed '/^\[network\]/a default_network = "default-network"' default-network.conf >default-network-setting.conf
CONTAINERS_CONF=$PWD/default-network-setting.conf podman create --name default-network-web docker.io/library/busybox sleep infinity
CONTAINERS_CONF=$PWD/default-network-setting.conf podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
CONTAINERS_CONF=$PWD/default-network-setting.conf podman rm --force default-network-web >/dev/null

# %% control
podman create --name default-network-web --network default-network docker.io/library/busybox sleep infinity
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
podman rm --force default-network-web >/dev/null

# %% missing
sed '/^\[network\]/a default_network = "default-network-missing"' default-network.conf >default-network-missing.conf
CONTAINERS_CONF=$PWD/default-network-missing.conf podman create --name default-network-web --network bridge docker.io/library/busybox true
CONTAINERS_CONF=$PWD/default-network-missing.conf podman network inspect --format 'DNS: {{.DNSEnabled}}' default-network-missing || echo "exit status: $?"
CONTAINERS_CONF=$PWD/default-network-missing.conf podman rm --force default-network-web >/dev/null

# %% check-root
if root; then
  LC_ALL=C mkdir --parents --verbose /etc/containers/containers.conf.d | cut --delimiter="'" --fields=2 >>default-network.made
  printf '[network]\ndefault_network = "default-network"\n' >/etc/containers/containers.conf.d/default-network.conf
  podman run --detach --stop-timeout 0 --name default-network-web docker.io/library/busybox sleep infinity
  podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
  podman rm --force default-network-web >/dev/null
fi

# %% check-rootless
if rootless; then
  LC_ALL=C mkdir --parents --verbose ~/.config/containers/containers.conf.d | cut --delimiter="'" --fields=2 >>default-network.made
  printf '[network]\ndefault_network = "default-network"\n' >~/.config/containers/containers.conf.d/default-network.conf
  podman run --detach --stop-timeout 0 --name default-network-web docker.io/library/busybox sleep infinity
  podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
  podman rm --force default-network-web >/dev/null
fi

# %% bridge-root
if root; then
  mkdir --parents /etc/containers/containers.conf.d
  printf '[containers]\nnetns = "bridge"\n[network]\ndefault_network = "default-network"\n' >/etc/containers/containers.conf.d/default-network.conf
fi

# %% bridge-rootless
if rootless; then
  mkdir --parents ~/.config/containers/containers.conf.d
  printf '[containers]\nnetns = "bridge"\n[network]\ndefault_network = "default-network"\n' >~/.config/containers/containers.conf.d/default-network.conf
fi

# %% use
podman run --detach --stop-timeout 0 --name default-network-web docker.io/library/busybox sleep infinity

# %% where
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web

# %% networks
podman network ls --format '{{.Name}}' | sort

# %% names
podman run --rm docker.io/library/busybox nslookup -type=a default-network-web | grep '^Name' || echo "exit status: $?"
podman rm --force default-network-web >/dev/null

# %% use-missing
if lab_only "It starts a container with addresses that other containers may have."; then
  CONTAINERS_CONF=$PWD/default-network-missing.conf podman run --rm --network bridge docker.io/library/busybox ip -4 -o address show eth0 | awk '{ print "address: " $4 }' || echo "exit status: $?"
fi

# %% cleanup
rm --force /etc/containers/containers.conf.d/default-network.conf ~/.config/containers/containers.conf.d/default-network.conf
touch default-network.made
tac default-network.made | xargs --no-run-if-empty rmdir --ignore-fail-on-non-empty
podman rm --force --ignore default-network-web
podman network rm default-network
rm default-network.made default-network*.conf
