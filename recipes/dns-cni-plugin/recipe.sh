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
sed '/^network_backend/d; /^\[network\]/a network_backend = "cni"' /usr/share/containers/containers.conf |
  sed "/^\[network\]/a cni_plugin_dirs = [\"$PWD/dns-cni-plugin\"]" >dns-cni-plugin.conf

# %% without
CONTAINERS_CONF=dns-cni-plugin.conf podman network create dns-cni-plugin-without

# %% look-root
if root; then
  grep --count '"dnsname"' /etc/cni/net.d/dns-cni-plugin-without.conflist || echo "exit status: $?"
fi

# %% look-rootless
if rootless; then
  grep --count '"dnsname"' ~/.config/cni/net.d/dns-cni-plugin-without.conflist || echo "exit status: $?"
fi

# %% use
podman run --detach --stop-timeout 0 --name dns-cni-plugin-web --network dns-cni-plugin-without docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name dns-cni-plugin-app --network dns-cni-plugin-without docker.io/library/busybox sleep infinity

# %% check
podman exec dns-cni-plugin-app nslookup -type=a dns-cni-plugin-web || echo "exit status: $?"

# %% installed
whereis -b -B /usr/libexec/cni /usr/lib/cni /usr/local/libexec/cni /usr/local/lib/cni /opt/cni/bin -f dnsname

# %% created
podman inspect --format '{{.Config.CreateCommand}}' dns-cni-plugin-web dns-cni-plugin-app

# %% with
podman network create dns-cni-plugin-with

# %% recreate
podman stop dns-cni-plugin-web
podman stop dns-cni-plugin-app
podman rename dns-cni-plugin-web dns-cni-plugin-web-old
podman rename dns-cni-plugin-app dns-cni-plugin-app-old
podman run --detach --stop-timeout 0 --name dns-cni-plugin-web --network dns-cni-plugin-with docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name dns-cni-plugin-app --network dns-cni-plugin-with docker.io/library/busybox sleep infinity

# %% control
podman exec dns-cni-plugin-app nslookup -type=a dns-cni-plugin-web || echo "exit status: $?"

# %% cleanup
podman rm --force dns-cni-plugin-web
podman rm --force dns-cni-plugin-app
podman rm --force dns-cni-plugin-web-old
podman rm --force dns-cni-plugin-app-old
podman network rm dns-cni-plugin-with
podman network rm dns-cni-plugin-without
rm --recursive --force /var/lib/cni/networks/dns-cni-plugin-with /var/lib/cni/networks/dns-cni-plugin-without
rm --recursive --force dns-cni-plugin dns-cni-plugin.conf
