#!/usr/bin/env bash
# Why can't another machine reach a rootful container's port with ufw?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name ufw-open-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% local
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% allow
if lab_only "It opens a port in ufw."; then
  ufw allow 8080/tcp
fi

# %% symptom
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)"
fi

# %% undo
if lab_only "It deletes a rule of ufw's."; then
  ufw delete allow 8080/tcp
fi

# %% rule
if ufw show added | grep 'to 10.88.0.0/16 port 8000'; then echo "You already have this rule: nothing was changed." >&2; false; fi
touch ufw-open.ours

# %% fix
ufw route allow proto tcp from any to 10.88.0.0/16 port 8000

# %% works
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --max-time 3 --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8080/ || echo nobody)"
fi

# %% cleanup
if [ -e ufw-open.ours ]; then
  ufw route delete allow proto tcp from any to 10.88.0.0/16 port 8000
  rm ufw-open.ours
fi
podman rm --force ufw-open-web >/dev/null
