#!/usr/bin/env bash
# Why does my container not start again after podman restart?
set -Eeuo pipefail

# %% create
podman run --detach --name restart-ports-web --publish 8103:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% restart
for _ in 1 2 3 4 5 6 7 8 9 10; do
  timeout 20 sh -c 'until podman start restart-ports-web; do sleep 0.1; done' >/dev/null 2>&1
  podman restart restart-ports-web || continue
  podman inspect --format 'pid {{.State.Pid}}' restart-ports-web
done 2>&1 | awk '/^pid/ && !seen[$2]++ { restarted++ } /Failed to bind port|Listen failed for HOST/ { why = $0; lost++ }
  END { if (restarted < 5) print why | "cat >&2"; print "container: " (restarted > 4 ? "running after" : lost > 4 ? "left stopped by" : "lost in another way by"), "most of 10 restarts" }'

# %% stopped
podman stop restart-ports-web
echo "port 8103: $(curl --silent --max-time 3 http://127.0.0.1:8103/ || echo closed)"

# %% fix
podman stop restart-ports-web
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8103" | grep --quiet .; do sleep 0.1; done'
podman start restart-ports-web

# %% works
echo "port 8103: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8103/ || echo closed)"

# %% bridge
podman network create restart-ports
podman run --detach --name restart-ports-bridge --network restart-ports --publish 8105:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman restart restart-ports-bridge
echo "port 8105: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8105/ || echo closed)"

# %% cleanup
podman rm --force restart-ports-web
podman rm --force restart-ports-bridge
podman network rm restart-ports
