#!/usr/bin/env bash
# Why did published ports stop answering after the firewall was reloaded?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name ports-after-firewall-web --publish 8080:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman pod create --name ports-after-firewall-pod --publish 8081:8080
podman run --detach --pod ports-after-firewall-pod --name ports-after-firewall-pod-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ http://127.0.0.1:8081/

# %% flush
if lab_only "It deletes all firewall rules."; then
  nft flush ruleset
fi

# %% lost
for port in 8080 8081; do echo "port $port: $(curl --silent --max-time 3 "http://127.0.0.1:$port/" || echo closed)"; done

# %% fix
podman --log-level fatal network reload ports-after-firewall-web

# %% fix-pod
podman --log-level fatal network reload "$(podman pod inspect --format '{{.InfraContainerID}}' ports-after-firewall-pod)"

# %% works
for port in 8080 8081; do echo "port $port: $(curl --silent --max-time 3 "http://127.0.0.1:$port/" || echo closed)"; done

# %% tidy
if lab_only "It deletes what CNI's tuning plugin keeps about every container."; then
  rm --recursive --force /run/cni/tuning
fi

# %% cleanup
podman rm --force ports-after-firewall-web
podman pod rm --force ports-after-firewall-pod
