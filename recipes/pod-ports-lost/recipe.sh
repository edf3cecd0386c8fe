#!/usr/bin/env bash
# Why did my pod's published ports stop answering?
set -Eeuo pipefail

# %% create
podman pod create --name pod-ports-lost --publish 8080:8080
podman run --detach --pod pod-ports-lost --name pod-ports-lost-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
timeout 10 sh -c 'until podman exec pod-ports-lost-web wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done' 2>/dev/null

# %% before
echo "inside: $(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ || echo none)"
echo "from the host: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)"

# %% restart-infra
podman stop "$(podman pod inspect --format '{{.InfraContainerID}}' pod-ports-lost)"
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman start "$(podman pod inspect --format '{{.InfraContainerID}}' pod-ports-lost)"

# %% lost-infra
echo "inside: $(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ || echo none)"
echo "from the host: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)"

# %% mend-infra
podman pod stop pod-ports-lost
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman pod start pod-ports-lost

# %% back-infra
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo none)"

# %% cleanup
podman pod rm --force pod-ports-lost
