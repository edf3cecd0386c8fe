#!/usr/bin/env bash
# Why does Podman say "address already in use"?
set -Eeuo pipefail

# %% create
podman create --name port-taken-web --publish 8080:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman pod create --name port-taken-pod --publish 8080:8080

# %% take
podman run --detach --name port-taken-other --publish 8080:8080 docker.io/library/busybox sh -c 'echo another container >/index.html; exec httpd -f -p 8080 -h /'
timeout 20 sh -c 'until podman exec port-taken-other wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done' 2>/dev/null
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/

# %% start
podman start port-taken-web || echo "exit status: $?"
podman pod start port-taken-pod || echo "exit status: $?"

# %% answers
echo "from the host: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)"

# %% find
podman ps --format '{{.Names}}: {{.Ports}}' | grep ':8080->'

# %% fix
podman stop port-taken-other
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman start port-taken-web

# %% works
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% cleanup
podman rm --force port-taken-web port-taken-other >/dev/null
podman pod rm --force port-taken-pod
