#!/usr/bin/env bash
# Why do my containers not come back after a reboot?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name after-reboot-web --restart always --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'
podman run --detach --name after-reboot-plain --publish 8081:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'
podman run --detach --name after-reboot-unless --restart unless-stopped --publish 8082:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% reboot
if lab_only "It restarts the machine."; then
  systemctl reboot
fi

# %% symptom
echo "port 8080: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)"

# %% log-in
if lab_only "It logs a user in."; then
  reader logs-in
fi

# %% fix-root
if root; then
  systemctl enable podman-restart.service
fi

# %% fix-rootless
if rootless; then
  systemctl --user enable podman-restart.service
  loginctl enable-linger "$USER"
fi

# %% again
if lab_only "It restarts the machine."; then
  systemctl reboot
fi

# %% works
echo "port 8080: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% others
timeout 20 sh -c "until ! systemctl $([ "$(id -u)" = 0 ] || echo --user) is-active podman-restart.service | grep activating >/dev/null; do sleep 0.2; done"
echo "without --restart: $(curl --silent --max-time 3 http://127.0.0.1:8081/ || echo nobody)"
echo "unless-stopped: $(curl --silent --max-time 3 http://127.0.0.1:8082/ || echo nobody)"

# %% start
podman start after-reboot-plain
podman start after-reboot-unless
echo "without --restart: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8081/ || echo nobody)"

# %% cleanup
podman rm --force after-reboot-web after-reboot-plain after-reboot-unless >/dev/null
