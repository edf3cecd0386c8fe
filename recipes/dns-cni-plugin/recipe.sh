#!/usr/bin/env bash
# Why do names not resolve with CNI, and how does a network that exists get its DNS plugin?
set -Eeuo pipefail

# %% package
dpkg --listfiles containernetworking-plugins | grep --extended-regexp '/(bridge|dnsname)$'

# %% other-package
dpkg --listfiles golang-github-containernetworking-plugin-dnsname | grep --extended-regexp '/(bridge|dnsname)$'

# %% place
whereis -b -B /usr/lib/cni /usr/libexec/cni /opt/cni/bin /usr/local/lib/cni /usr/local/libexec/cni -f dnsname

# %% folder
mkdir dns-cni-plugin
dpkg --listfiles containernetworking-plugins | grep '^/usr/lib/cni/' | xargs ln --symbolic --target-directory dns-cni-plugin
sed "/^network_backend/d; s|^\[network\]|&\nnetwork_backend = \"cni\"\ncni_plugin_dirs = [\"$PWD/dns-cni-plugin\"]|" /usr/share/containers/containers.conf >dns-cni-plugin.conf

# %% without
CONTAINERS_CONF=dns-cni-plugin.conf podman network create --subnet=10.189.9.0/24 dns-cni-plugin
folder=$([ "$(id -u)" = 0 ] && echo /etc/cni/net.d || echo ~/.config/cni/net.d)
sed --in-place 's/"cni-podman[0-9]*"/"cni-podman189"/' "$folder/dns-cni-plugin.conflist"

# %% look
podman network inspect dns-cni-plugin | grep --extended-regexp '"(dnsname|dns_enabled)"' || echo "exit status: $?"

# %% use
podman run --detach --name dns-cni-plugin-web --network dns-cni-plugin docker.io/library/busybox sleep infinity
podman run --detach --name dns-cni-plugin-app --network dns-cni-plugin docker.io/library/busybox sleep infinity

# %% check
podman exec dns-cni-plugin-app nslookup -type=a dns-cni-plugin-web || echo "exit status: $?"

# %% stop
podman stop dns-cni-plugin-web
podman stop dns-cni-plugin-app

# %% add
folder=$([ "$(id -u)" = 0 ] && echo /etc/cni/net.d || echo ~/.config/cni/net.d)
sed --in-place --null-data '/"dnsname"/!s/\s*\]\s*}\s*$/\n, {"type": "dnsname", "domainName": "dns.podman", "capabilities": {"aliases": true}}\n]\n}\n/' "$folder/dns-cni-plugin.conflist"

# %% start
podman start dns-cni-plugin-web
podman start dns-cni-plugin-app

# %% control
podman exec dns-cni-plugin-app nslookup -type=a dns-cni-plugin-web || echo "exit status: $?"

# %% cleanup
podman rm --force dns-cni-plugin-app dns-cni-plugin-web >/dev/null
podman network ls --format '{{.Name}}' | sed --quiet '/^dns-cni-plugin$/p' | xargs --no-run-if-empty podman network rm
rm --recursive --force dns-cni-plugin dns-cni-plugin.conf /var/lib/cni/networks/dns-cni-plugin {/etc,~/.config}/cni/net.d/dns-cni-plugin.conflist
