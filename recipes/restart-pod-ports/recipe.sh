#!/usr/bin/env bash
# Why does my pod not start again after podman pod restart?
set -Eeuo pipefail

# %% create
podman pod create --name restart-pod-ports --infra-name restart-pod-ports-infra --publish 8104:8080
podman run --detach --pod restart-pod-ports --name restart-pod-ports-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% restart
for _ in 1 2 3 4 5 6 7 8 9 10; do
  timeout 20 sh -c 'until podman pod start restart-pod-ports; do sleep 0.1; done' >/dev/null 2>&1
  podman pod restart restart-pod-ports || continue
  podman inspect --format 'pid {{.State.Pid}}' restart-pod-ports-web
done 2>&1 | awk '/^pid/ && !seen[$2]++ { restarted++ } /Failed to bind port|Listen failed for HOST/ { why = $0; lost++ }
  END { if (restarted < 5) print why | "cat >&2"; print "pod: " (restarted > 4 ? "running after" : lost > 4 ? "left stopped by" : "lost in another way by"), "most of 10 restarts" }'

# %% stopped
podman stop restart-pod-ports-infra
podman pod inspect --format '{{.Name}}: {{.State}}' restart-pod-ports
echo "port 8104: $(curl --silent --max-time 3 http://127.0.0.1:8104/ || echo closed)"

# %% fix
podman pod stop restart-pod-ports
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8104" | grep --quiet .; do sleep 0.1; done'
podman pod start restart-pod-ports

# %% works
echo "port 8104: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8104/ || echo closed)"

# %% cleanup
podman pod rm --force restart-pod-ports
