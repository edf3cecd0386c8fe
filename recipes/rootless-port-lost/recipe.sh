#!/usr/bin/env bash
# Why does nobody listen on my rootless container's port?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name rootless-port-lost-web --publish 8080:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
timeout 20 sh -c 'until podman exec rootless-port-lost-web wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done' 2>/dev/null
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/

# %% kill
if lab_only "It kills the process that listens on port 8080, whatever it is."; then
  ss --no-header --listening --tcp --numeric --processes 'sport = :8080' | grep --only-matching --perl-regexp 'pid=\K\d+' | sort --unique | xargs kill
  timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
fi

# %% lost
echo "inside: $(podman exec rootless-port-lost-web wget -q -O - http://127.0.0.1:8080/ || echo none)"
echo "from the host: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)"

# %% reload
podman network reload rootless-port-lost-web || echo "exit status: $?"
echo "from the host: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)"

# %% fix
podman stop rootless-port-lost-web
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman start rootless-port-lost-web

# %% works
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo none)"

# %% cleanup
podman rm --force rootless-port-lost-web
