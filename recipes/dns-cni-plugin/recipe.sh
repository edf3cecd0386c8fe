#!/usr/bin/env bash
# Why do names not resolve with CNI, and where does its DNS plugin come from?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% package
dpkg --listfiles containernetworking-plugins |
  awk -F / '{ has[$NF] } END { print "bridge: " ("bridge" in has ? "yes" : "no") ", dnsname: " ("dnsname" in has ? "yes" : "no") }'

# %% other-package
dpkg --listfiles golang-github-containernetworking-plugin-dnsname |
  awk -F / '{ has[$NF] } END { print "bridge: " ("bridge" in has ? "yes" : "no") ", dnsname: " ("dnsname" in has ? "yes" : "no") }'

# %% place
dpkg --listfiles golang-github-containernetworking-plugin-dnsname | grep '/dnsname$'

# %% folder
mkdir dns-cni-plugin
dpkg --listfiles containernetworking-plugins | grep '^/usr/lib/cni/' | xargs ln --symbolic --target-directory dns-cni-plugin
sed '/^network_backend/d; /^\[network\]/a network_backend = "cni"' /usr/share/containers/containers.conf >dns-cni-plugin-with.conf
sed "/^\[network\]/a cni_plugin_dirs = [\"$PWD/dns-cni-plugin\"]" dns-cni-plugin-with.conf >dns-cni-plugin-without.conf

# %% without
CONTAINERS_CONF=dns-cni-plugin-without.conf podman network create --subnet=10.189.9.0/24 dns-cni-plugin-without
networks=$([ "$(id -u)" = 0 ] && echo /etc/cni || echo ~/.config/cni)/net.d
sed --in-place 's/"cni-podman[0-9]*"/"dns-cni-plugin"/' "$networks/dns-cni-plugin-without.conflist"

# %% with
CONTAINERS_CONF=dns-cni-plugin-with.conf podman network create --subnet=10.189.10.0/24 dns-cni-plugin-with

# %% look-root
if root; then
  grep --count '"dnsname"' /etc/cni/net.d/dns-cni-plugin-without.conflist /etc/cni/net.d/dns-cni-plugin-with.conflist
fi

# %% look-rootless
if rootless; then
  grep --count '"dnsname"' ~/.config/cni/net.d/dns-cni-plugin-without.conflist ~/.config/cni/net.d/dns-cni-plugin-with.conflist
fi

# %% use
CONTAINERS_CONF=dns-cni-plugin-with.conf podman run --detach --stop-timeout 0 --name dns-cni-plugin-a --network dns-cni-plugin-without docker.io/library/busybox sleep infinity
CONTAINERS_CONF=dns-cni-plugin-with.conf podman run --detach --stop-timeout 0 --name dns-cni-plugin-b --network dns-cni-plugin-with docker.io/library/busybox sleep infinity

# %% check
CONTAINERS_CONF=dns-cni-plugin-with.conf podman run --rm --network dns-cni-plugin-without docker.io/library/busybox nslookup -type=a dns-cni-plugin-a || echo "exit status: $?"

# %% control
CONTAINERS_CONF=dns-cni-plugin-with.conf podman run --rm --network dns-cni-plugin-with docker.io/library/busybox nslookup -type=a dns-cni-plugin-b || echo "exit status: $?"

# %% cleanup
CONTAINERS_CONF=dns-cni-plugin-with.conf podman rm --force dns-cni-plugin-b
CONTAINERS_CONF=dns-cni-plugin-with.conf podman rm --force dns-cni-plugin-a
CONTAINERS_CONF=dns-cni-plugin-with.conf podman network rm dns-cni-plugin-with
CONTAINERS_CONF=dns-cni-plugin-with.conf podman network rm dns-cni-plugin-without
rm --recursive --force /var/lib/cni/networks/dns-cni-plugin-with /var/lib/cni/networks/dns-cni-plugin-without
rm --recursive --force dns-cni-plugin dns-cni-plugin-*.conf
