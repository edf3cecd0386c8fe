#!/usr/bin/env bash
# What do I do when Docker has the port that my container publishes?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% docker-root
if root; then
  docker run --pull never --detach --rm --name docker-port-docker --publish 8080:8000 docker.io/library/busybox sh -c 'echo docker >index.html; timeout 300 httpd -f -p 8000; exit' || echo "exit status: $?"
fi

# %% docker-rootless
if rootless; then
  sudo docker run --pull never --detach --rm --name docker-port-docker --publish 8080:8000 docker.io/library/busybox sh -c 'echo docker >index.html; timeout 300 httpd -f -p 8000; exit' || echo "exit status: $?"
fi

# %% symptom
podman run --detach --name docker-port-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /' || echo "exit status: $?"

# %% answers
echo "port 8080: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody), port 8081: $(curl --silent --max-time 3 http://127.0.0.1:8081/ || echo nobody)"

# %% holder
podman ps --format '{{.Names}}: {{.Ports}}' | grep ':8080->' || echo "port 8080: no container of Podman's"
ss --no-header --listening --tcp --numeric 'sport = :8080' | awk '{ print $1, $4 }' | sort
ss --no-header --listening --tcp --numeric --processes 'sport = :8080' | grep --only-matching '"[^"]*"' | sort --unique | grep . || echo "port 8080: no process shown"

# %% find-root
if root; then
  ss --no-header --listening --tcp --numeric --processes 'sport = :8080' | grep --only-matching '"[^"]*"' | sort --unique | grep . || echo "exit status: $?"
  docker ps --filter publish=8080 --format '{{.Names}}: {{.Ports}}' || echo "exit status: $?"
fi

# %% find-rootless
if rootless; then
  sudo ss --no-header --listening --tcp --numeric --processes 'sport = :8080' | grep --only-matching '"[^"]*"' | sort --unique | grep . || echo "exit status: $?"
  sudo docker ps --filter publish=8080 --format '{{.Names}}: {{.Ports}}' || echo "exit status: $?"
fi

# %% fix
podman rename docker-port-web docker-port-web-old
podman run --detach --name docker-port-web --publish 8081:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% works
echo "port 8080: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody), port 8081: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8081/ || echo nobody)"

# %% remove-root
if root; then
  docker rm --force docker-port-docker || echo "exit status: $?"
fi

# %% remove-rootless
if rootless; then
  sudo docker rm --force docker-port-docker || echo "exit status: $?"
fi

# %% cleanup
podman rm --force docker-port-web docker-port-web-old >/dev/null
