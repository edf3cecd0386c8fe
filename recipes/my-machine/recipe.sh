#!/usr/bin/env bash
# What is my machine's network like?
set -Eeuo pipefail

# %% ask
podman info --format json | grep -E '"(networkBackend|rootless|Version)"'

# %% check
podman info --format '{{.Host.RootlessNetworkCmd}}' || echo "exit status: $?"

# %% control
podman info --format '{{.Host.NoSuchField}}' || echo "exit status: $?"

# %% settings
env | grep '^CONTAINERS_CONF' || echo "no variable names another file"
for file in {/usr/share,/etc,"${XDG_CONFIG_HOME:-$HOME/.config}"}/containers/containers.{,rootful.,rootless.}conf{,.d/{,"$(id -u)"/}*.conf} "${CONTAINERS_CONF-}" "${CONTAINERS_CONF_OVERRIDE-}"; do
  if [ -f "$file" ]; then
    awk '/^[ \t]*\[/ { table = $1 }
      /^[ \t]*[a-z_.]+[ \t]*=/ && (table == "[network]" || /^[ \t]*(network|netns|dns_|no_hosts|base_hosts_file|host_containers|rootless_networking)/) { print FILENAME ": " $0 }' "$file"
  fi
done | awk '{ print } END { if (!NR) print "no file changes the network" }'

# %% programs
for name in netavark aardvark-dns dnsname pasta slirp4netns; do
  path=$(PATH=$PATH:/usr/lib/podman:/usr/libexec/podman:/usr/lib/cni:/usr/libexec/cni:/opt/cni/bin type -P "$name" || echo absent)
  case "$name $path" in
    *' absent') echo "$name absent" ;;
    dnsname*) echo "$name present" ;;
    *) "$path" --version | awk -v name="$name" 'NR == 1 { said = $0 } END { print (NR ? said : name " present") }' ;;
  esac
done

# %% networks
podman network ls --format '{{.Name}}' | while read -r name; do
  podman network inspect "$name" |
    awk -v name="$name" '/"dns_enabled": true|"type": "dnsname"/ { dns = 1 } END { print name ": DNS " (dns ? "yes" : "no") }'
done | awk '{ print } END { if (!NR) print "no networks" }'

# %% containers
podman ps --all --quiet | while read -r id; do
  podman inspect --format '{{.Name}}: mode {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' "$id"
done | awk '{ print } END { if (!NR) print "no containers" }'

# %% none
podman ps --all --quiet --filter name=my-machine | while read -r id; do
  podman inspect --format '{{.Name}}: mode {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' "$id"
done | awk '{ print } END { if (!NR) print "no containers" }'

# %% ports
podman ps --format '{{.Names}},{{.Ports}}' |
  awk -F , '{ for (i = 2; i <= NF; i++) if (match($i, /:[0-9]+(-[0-9]+)?->/)) print $1, substr($i, RSTART + 1) + 0 }' |
  while read -r name port; do
    ss --no-header --listening --tcp --udp --numeric --processes "sport = :$port" |
      awk -F '"' -v port="$name: port $port" '{ who = $2 ? $2 : "another user"; sub(/\.avx2$/, "", who) } END { print port ", held by " (NR ? who : "nobody") }'
  done | awk '{ print } END { if (!NR) print "no published ports" }'

# %% pages
{ podman info --format json && podman ps --format '{{.Ports}}'; } | awk -F '"' '
  /"rootless":/ { rootless = /true/ } /"Version":/ { version = $4 + 0 } /"networkBackend":/ { backend = $4 } /->/ { ports = 1 }
  END {
    print "see: recipes/" (rootless ? "rootless-stack" : "root-bridge")
    print "see: recipes/" (backend == "netavark" ? "dns-daemon" : "dns-cni-plugin")
    if (version >= 5 && rootless) print "see: recipes/rootless-via-host"
    if (version >= 4 && version < 5) print "see: recipes/backend-switch"
    if (ports) print "see: recipes/pod-ports-lost" }'

# %% cleanup
echo "nothing to delete: these steps only look"
