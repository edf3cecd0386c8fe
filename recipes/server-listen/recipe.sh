#!/usr/bin/env bash
# Why does a published port answer "connection reset by peer"?
set -Eeuo pipefail

# %% create
podman network create server-listen
podman run --detach --name server-listen-web --network server-listen --publish 8109:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 127.0.0.1:8000 -h /'
timeout 20 sh -c 'until podman exec server-listen-web wget -q -O - http://127.0.0.1:8000/ 2>/dev/null; do sleep 0.2; done'

# %% symptom
{ curl --silent --show-error --max-time 5 http://127.0.0.1:8109/ 2>&1 || echo "exit status: $?"; } | sed 's/ after [0-9]* ms//'

# %% listening
podman exec server-listen-web netstat -lnt

# %% fix
podman stop server-listen-web
podman rename server-listen-web server-listen-web-old
podman run --detach --name server-listen-web --network server-listen --publish 8109:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 0.0.0.0:8000 -h /'

# %% works
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8109/ || echo "port 8109: closed"

# %% cleanup
podman rm --force server-listen-web >/dev/null
podman rm --force --ignore server-listen-web-old >/dev/null
podman network rm server-listen
