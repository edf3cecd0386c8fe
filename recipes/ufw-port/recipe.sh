#!/usr/bin/env bash
# Why can't another machine reach a rootless container's port with ufw?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name ufw-port-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% local
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% symptom
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)"
fi

# %% rule-root
if root; then
  if ufw show added | grep ' 8080/tcp'; then echo "You already have a rule for this port: nothing was changed." >&2; false; fi
fi

# %% rule-rootless
if rootless; then
  if sudo ufw show added | grep ' 8080/tcp'; then echo "You already have a rule for this port: nothing was changed." >&2; false; fi
fi

# %% fix-root
if root; then
  ufw allow 8080/tcp
fi

# %% fix-rootless
if rootless; then
  sudo ufw allow 8080/tcp
fi

# %% works
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --max-time 3 --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8080/ || echo nobody)"
fi

# %% close-root
if root; then
  ufw delete allow 8080/tcp
fi

# %% close-rootless
if rootless; then
  sudo ufw delete allow 8080/tcp
fi

# %% cleanup
podman rm --force ufw-port-web >/dev/null
