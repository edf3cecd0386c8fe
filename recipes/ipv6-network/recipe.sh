#!/usr/bin/env bash
# Do containers have IPv6 once they are on a network that asks for it?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% page
podman volume create ipv6-network
podman run --rm --volume ipv6-network:/srv docker.io/library/busybox sh -c '
  mkdir /srv/cgi-bin
  printf "#!/bin/sh\necho\necho \"the server sees \$REMOTE_ADDR\" | tr -d []\n" >/srv/cgi-bin/seen
  chmod +x /srv/cgi-bin/seen'

# %% plain
podman network create --disable-dns ipv6-network-plain
podman run --detach --stop-timeout 0 --name ipv6-network-web --network ipv6-network-plain --publish 8099:8080 --volume ipv6-network:/srv docker.io/library/busybox httpd -f -p 8080 -h /srv

# %% symptom
podman exec ipv6-network-web ip -oneline address show eth0 | awk '/global/ { print $3, $4; six += /inet6/ } END { if (!six) print "no IPv6 address" }'

# %% plain-localhost
curl --silent --max-time 5 --retry 3 --retry-delay 1 --retry-all-errors 'http://[::1]:8099/cgi-bin/seen' || echo "exit status: $?"

# %% client
podman network create --disable-dns --opt=isolate=false --ipv6 --subnet=fd73:b::/64 ipv6-network-b || podman network create --disable-dns --ipv6 --subnet=fd73:b::/64 ipv6-network-b
podman network create --disable-dns --opt=isolate=false --ipv6 --subnet=fd73:c::/64 ipv6-network-c || podman network create --disable-dns --ipv6 --subnet=fd73:c::/64 ipv6-network-c
podman run --detach --stop-timeout 0 --name ipv6-network-other --network ipv6-network-b --volume ipv6-network:/srv docker.io/library/busybox httpd -f -p 8080 -h /srv
podman run --detach --stop-timeout 0 --name ipv6-network-client --network ipv6-network-c docker.io/library/busybox sleep infinity

# %% control
address=$(podman exec ipv6-network-web ip -6 address show eth0 | awk '/scope global/ { sub("/.*", "", $2); print $2 }')
port=$(curl --silent --max-time 5 'http://[fd73:b::1]:8099/cgi-bin/seen' || curl --silent --max-time 5 'http://[::1]:8099/cgi-bin/seen' || echo "no answer")
outwards=$(podman exec ipv6-network-web timeout 5 wget --quiet --output-document - 'http://[fd73:b::2]:8080/cgi-bin/seen' || echo "no answer")
echo "address: ${address:-none}; published port: $port; the other network: $outwards"

# %% created
podman inspect --format '{{.Config.CreateCommand}}' ipv6-network-web

# %% create
podman network create --ipv6 --subnet=fd73:a::/64 --disable-dns ipv6-network

# %% serve
podman stop ipv6-network-web
podman rename ipv6-network-web ipv6-network-web-old
podman run --detach --stop-timeout 0 --name ipv6-network-web --network ipv6-network --publish 8099:8080 --volume ipv6-network:/srv docker.io/library/busybox httpd -f -p 8080 -h /srv

# %% address
podman exec ipv6-network-web ip -oneline address show eth0 | awk '/global/ { print $3, $4; six += /inet6/ } END { if (!six) print "no IPv6 address" }'

# %% by-bridge
curl --silent --max-time 5 --retry 3 --retry-delay 1 --retry-all-errors 'http://[fd73:a::1]:8099/cgi-bin/seen' || echo "exit status: $?"

# %% by-localhost
curl --silent --max-time 5 'http://[::1]:8099/cgi-bin/seen' || echo "exit status: $?"

# %% outwards
podman exec ipv6-network-client timeout 5 wget --quiet --output-document - 'http://[fd73:b::2]:8080/cgi-bin/seen' || echo "exit status: $?"

# %% check
address=$(podman exec ipv6-network-web ip -6 address show eth0 | awk '/scope global/ { sub("/.*", "", $2); print $2 }')
port=$(curl --silent --max-time 5 'http://[fd73:a::1]:8099/cgi-bin/seen' || curl --silent --max-time 5 'http://[::1]:8099/cgi-bin/seen' || echo "no answer")
outwards=$(podman exec ipv6-network-client timeout 5 wget --quiet --output-document - 'http://[fd73:b::2]:8080/cgi-bin/seen' || echo "no answer")
echo "address: ${address:-none}; published port: $port; the other network: $outwards"

# %% cleanup
podman rm --force ipv6-network-web
podman rm --force ipv6-network-web-old
podman rm --force ipv6-network-other
podman rm --force ipv6-network-client
podman network rm ipv6-network ipv6-network-b ipv6-network-c ipv6-network-plain
podman volume rm ipv6-network
