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
timeout 20 sh -c 'until podman exec after-reboot-unless wget -q -O /dev/null http://127.0.0.1:8000/; do sleep 0.1; done' 2>/dev/null
for port in 8080 8081 8082; do echo "port $port: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://127.0.0.1:$port/" || echo nobody)"; done

# %% reboot
if lab_only "It restarts the machine."; then
  systemctl reboot
fi

# %% symptom
echo "port 8080: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% log-in
if lab_only "It logs a user in."; then
  reader logs-in
fi

# %% state
printf 'podman-restart: %s\nlinger: %s\n' "$(systemctl "$([ "$(id -u)" = 0 ] && echo --system || echo --user)" is-enabled podman-restart.service 2>/dev/null)" "$([ -e "/var/lib/systemd/linger/$(id -un)" ] && echo yes || echo no)" | tee after-reboot.was

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
for port in 8081 8082; do echo "port $port: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://127.0.0.1:$port/" || echo nobody)"; done

# %% cleanup
if [ "$(id -u)" = 0 ]; then podman start after-reboot-web after-reboot-plain after-reboot-unless >/dev/null; fi; podman rm --force after-reboot-web after-reboot-plain after-reboot-unless >/dev/null # CNI frees an address when its container stops, not when the machine does
if grep --quiet 'podman-restart: disabled' after-reboot.was; then systemctl "$([ "$(id -u)" = 0 ] && echo --system || echo --user)" disable podman-restart.service; fi
if grep --quiet 'linger: no' after-reboot.was && loginctl show-user "$(id -un)" --property=State 2>/dev/null | grep --quiet --extended-regexp 'active|online'; then loginctl disable-linger "$(id -un)"; fi; rm after-reboot.was
