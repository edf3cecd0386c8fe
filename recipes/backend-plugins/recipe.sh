#!/usr/bin/env bash
# Does netavark need plugins?
set -Eeuo pipefail

# %% plugins
ls --format=commas /usr/lib/cni || echo "exit status: $?"

# %% without
mkdir backend-plugins
printf 'containers.pids_limit = 0\n[network]\nnetwork_backend = "netavark"\n' >backend-plugins.conf
printf '%s_plugin_dirs = ["%s"]\n' cni "$PWD/backend-plugins" netavark "$PWD/backend-plugins" >>backend-plugins.conf

# %% create
CONTAINERS_CONF=backend-plugins.conf podman network create --subnet=10.189.7.0/24 backend-plugins

# %% look
cat >backend-plugins.sh <<'END'
[ "$(id -u)" = 0 ] || exec podman unshare --rootless-netns sh "$0"
PATH=$PATH:/usr/sbin
bridge=$(ip -brief address show to 10.189.7.1 | awk '{ sub("@.*", "", $1); print $1 }')
[ "$(nft list ruleset | grep --count --fixed-strings 10.189.7)" = 0 ] || rules=yes
setting=$(cat "/proc/sys/net/ipv4/conf/${bridge:-none}/route_localnet" || echo none)
echo "bridge: ${bridge:-none}, firewall rules: ${rules:-no}, route_localnet: $setting"
END

# %% control
sh backend-plugins.sh

# %% use
CONTAINERS_CONF=backend-plugins.conf podman run --detach --name backend-plugins-web --network backend-plugins --publish 8091:8080 docker.io/library/busybox sleep infinity

# %% check
sh backend-plugins.sh

# %% cleanup
podman rm --force backend-plugins-web
CONTAINERS_CONF=backend-plugins.conf podman network rm backend-plugins
rm --recursive backend-plugins backend-plugins.conf backend-plugins.sh
