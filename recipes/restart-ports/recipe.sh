#!/usr/bin/env bash
# Why does my container not start again after podman restart?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --stop-timeout 0 --name restart-ports-web --publish 8103:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman pod create --name restart-ports-pod --infra-name restart-ports-infra --publish 8104:8080
podman run --detach --stop-timeout 0 --pod restart-ports-pod --name restart-ports-pod-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% restart
for _ in 1 2 3 4 5 6 7 8 9 10; do
  timeout 20 sh -c 'until podman start restart-ports-web; do sleep 0.1; done'
  podman restart restart-ports-web || echo "exit status: $?"
done >restart-ports-web.txt 2>&1

# %% after-restart
awk '/^exit status/ { failed++; status = $0 } /^Failed to bind/ { why = $0 }
  END { if (failed > 5) { print status; print why | "cat >&2" }; print "container: " (failed > 5 ? "left stopped by" : "running after"), "most of 10 restarts" }' restart-ports-web.txt

# %% restart-pod
for _ in 1 2 3 4 5 6 7 8 9 10; do
  timeout 20 sh -c 'until podman pod start restart-ports-pod; do sleep 0.1; done'
  podman pod restart restart-ports-pod || echo "exit status: $?"
done >restart-ports-pod.txt 2>&1

# %% after-restart-pod
awk '/^exit status/ { failed++; status = $0 } /^Failed to bind/ { why = $0 }
  END { if (failed > 5) { print status; print why | "cat >&2" }; print "pod: " (failed > 5 ? "left stopped by" : "running after"), "most of 10 restarts" }' restart-ports-pod.txt

# %% stop
podman stop restart-ports-web
podman stop restart-ports-infra

# %% stopped
podman inspect --format '{{.Name}}: {{.State.Status}}' restart-ports-web restart-ports-infra restart-ports-pod-web
podman pod inspect --format '{{.Name}}: {{.State}}' restart-ports-pod
echo "port 8103: $(curl --silent --max-time 3 http://127.0.0.1:8103/ || echo closed)"
echo "port 8104: $(curl --silent --max-time 3 http://127.0.0.1:8104/ || echo closed)"

# %% fix
podman stop restart-ports-web
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8103" | grep --quiet .; do sleep 0.1; done'
podman start restart-ports-web

# %% fix-pod
podman pod stop restart-ports-pod
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8104" | grep --quiet .; do sleep 0.1; done'
podman pod start restart-ports-pod

# %% works
echo "port 8103: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8103/ || echo closed)"
echo "port 8104: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8104/ || echo closed)"

# %% bridge
podman network create restart-ports
podman run --detach --stop-timeout 0 --name restart-ports-bridge --network restart-ports --publish 8105:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman restart restart-ports-bridge

# %% after-bridge
echo "port 8105: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8105/ || echo closed)"

# %% cleanup
podman rm --force restart-ports-web
podman rm --force restart-ports-bridge
podman pod rm --force restart-ports-pod
podman network rm restart-ports
rm --force restart-ports-web.txt restart-ports-pod.txt
