#!/usr/bin/env bash
# How do I reach a published port over IPv6?
set -Eeuo pipefail

# %% page
podman run --rm --volume ipv6-ports:/srv docker.io/library/busybox sh -c '
  printf "#!/bin/sh\necho\necho \"the server sees \$REMOTE_ADDR\" | tr -d []\n" | install -D -m 755 /dev/stdin /srv/cgi-bin/seen'

# %% client
podman network create --disable-dns --opt=isolate=false --ipv6 --subnet=fd73:b::/64 ipv6-ports-b || podman network create --disable-dns --ipv6 --subnet=fd73:b::/64 ipv6-ports-b
podman network create --disable-dns --opt=isolate=false --ipv6 --subnet=fd73:c::/64 ipv6-ports-c || podman network create --disable-dns --ipv6 --subnet=fd73:c::/64 ipv6-ports-c
podman run --detach --name ipv6-ports-other --network ipv6-ports-b --volume ipv6-ports:/srv docker.io/library/busybox httpd -f -p 8080 -h /srv

# %% plain
podman network create --disable-dns ipv6-ports-plain
podman run --detach --name ipv6-ports-web --network ipv6-ports-plain --publish 8099:8080 --volume ipv6-ports:/srv docker.io/library/busybox httpd -f -p 8080 -h /srv

# %% symptom
curl --silent --max-time 5 --retry 3 --retry-delay 1 --retry-all-errors --write-out 'HTTP status: %{http_code}\n' 'http://[fd73:b::1]:8099/cgi-bin/seen' || echo "exit status: $?"

# %% control
address=$(podman exec ipv6-ports-web ip -6 address show eth0 | awk '/scope global/ { sub("/.*", "", $2); print $2 }')
port=$(curl --silent --max-time 5 'http://[fd73:b::1]:8099/cgi-bin/seen' || curl --silent --max-time 5 'http://[::1]:8099/cgi-bin/seen' || echo "no answer")
outwards=$(podman exec ipv6-ports-web timeout 5 wget --quiet --output-document - 'http://[fd73:b::2]:8080/cgi-bin/seen' || echo "no answer")
echo "address: ${address:-none}; published port: $port; the other network: $outwards"

# %% create
podman network create --ipv6 --subnet=fd73:a::/64 --disable-dns ipv6-ports

# %% serve
podman stop ipv6-ports-web
podman rename ipv6-ports-web ipv6-ports-web-old
podman run --detach --name ipv6-ports-web --network ipv6-ports --publish 8099:8080 --volume ipv6-ports:/srv docker.io/library/busybox httpd -f -p 8080 -h /srv

# %% by-bridge
curl --silent --max-time 5 --retry 3 --retry-delay 1 --retry-all-errors --write-out 'HTTP status: %{http_code}\n' 'http://[fd73:b::1]:8099/cgi-bin/seen' || echo "exit status: $?"

# %% by-localhost
curl --silent --max-time 5 'http://[::1]:8099/cgi-bin/seen' || echo "exit status: $?"

# %% check
address=$(podman exec ipv6-ports-web ip -6 address show eth0 | awk '/scope global/ { sub("/.*", "", $2); print $2 }')
port=$(curl --silent --max-time 5 'http://[fd73:a::1]:8099/cgi-bin/seen' || curl --silent --max-time 5 'http://[::1]:8099/cgi-bin/seen' || echo "no answer")
outwards=$(podman run --rm --network ipv6-ports-c docker.io/library/busybox timeout 5 wget --quiet --output-document - 'http://[fd73:b::2]:8080/cgi-bin/seen' || echo "no answer")
echo "address: ${address:-none}; published port: $port; the other network: $outwards"

# %% cleanup
podman rm --force ipv6-ports-web
podman rm --force ipv6-ports-web-old
podman rm --force ipv6-ports-other
podman network rm ipv6-ports ipv6-ports-b ipv6-ports-c ipv6-ports-plain
podman volume rm ipv6-ports
