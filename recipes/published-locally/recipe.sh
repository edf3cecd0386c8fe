#!/usr/bin/env bash
# Why does a published port answer on the host but not from another machine?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name published-locally-web --publish 127.0.0.1:8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% local
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% symptom
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)"
fi

# %% look
podman port published-locally-web

# %% fix
podman stop published-locally-web
podman rename published-locally-web published-locally-web-old
podman run --detach --name published-locally-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% works
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8080/ || echo nobody)"
fi

# %% cleanup
podman rm --force published-locally-web >/dev/null
podman rm --force published-locally-web-old >/dev/null
