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

# %% file-root
if root; then
  mkdir --parents /etc/containers/containers.conf.d
  ln --symbolic /etc/containers/containers.conf default-network.conf
  ln --symbolic /etc/containers/containers.conf.d default-network.d
fi

# %% file-rootless
if rootless; then
  mkdir --parents ~/.config/containers/containers.conf.d
  ln --symbolic ~/.config/containers/containers.conf default-network.conf
  ln --symbolic ~/.config/containers/containers.conf.d default-network.d
fi

# %% create
podman network create default-network

# %% notes-key
sed '/^\[network\]/a default = "default-network"' /usr/share/containers/containers.conf >default-network.conf
podman run --detach --stop-timeout 0 --name default-network-web docker.io/library/busybox sleep infinity
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
podman rm --force default-network-web >/dev/null

# %% check
sed '/^\[network\]/a default_network = "default-network"' /usr/share/containers/containers.conf >default-network.conf
podman run --detach --stop-timeout 0 --name default-network-web docker.io/library/busybox sleep infinity
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
podman rm --force default-network-web >/dev/null

# %% control
podman create --name default-network-web --network default-network docker.io/library/busybox sleep infinity
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web
podman rm --force default-network-web >/dev/null

# %% bridge
printf '[containers]\nnetns = "bridge"\n' >default-network.d/default-network.conf
podman run --detach --stop-timeout 0 --name default-network-web docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name default-network-client docker.io/library/busybox sleep infinity
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web

# %% networks
podman network ls --format '{{.Name}}' | sort

# %% names
podman exec default-network-client nslookup -type=a default-network-web | grep '^Name' || echo "exit status: $?"
podman rm --force default-network-client >/dev/null
podman rm --force default-network-web >/dev/null

# %% missing
sed '/^\[network\]/a default_network = "default-network-missing"' /usr/share/containers/containers.conf >default-network.conf
podman run --rm docker.io/library/busybox ip -4 -o address show eth0 | awk '{ print "address: " $4 }' || echo "exit status: $?"
podman network inspect --format 'DNS: {{.DNSEnabled}}' default-network-missing || echo "exit status: $?"

# %% cleanup
rm --force "$(readlink default-network.conf)" default-network.conf default-network.d/default-network.conf
rmdir "$(readlink default-network.d)"
rm default-network.d
podman rm --force --ignore default-network-client
podman rm --force --ignore default-network-web
podman network rm default-network
