#!/usr/bin/env bash
# How do I open a container's page in a graphical browser without publishing its port?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --stop-timeout 0 --name nsenter-browser-web docker.io/library/busybox sh -c \
  'echo "<title>hello from the container</title><h1>Hello from the container</h1>" >/index.html; exec httpd -f -p 8080 -h /'

# %% profile
mkdir --parents /tmp/nsenter-browser/inside /tmp/nsenter-browser/outside
echo 'user_pref("startup.homepage_welcome_url", ""); user_pref("datareporting.policy.dataSubmissionEnabled", false);' |
  tee /tmp/nsenter-browser/outside/user.js >/tmp/nsenter-browser/inside/user.js

# %% display-root
if root; then
  xauth -q -f /tmp/nsenter-browser/xauthority add :99 . "$(mcookie)" 2>/dev/null
  chown --recursive 1000:1000 /tmp/nsenter-browser
  setpriv --reuid 1000 --regid 1000 --init-groups \
    Xvfb :99 -screen 0 1000x700x24 -noreset -nolisten tcp -auth /tmp/nsenter-browser/xauthority >/dev/null 2>&1 &
  timeout 20 sh -c 'until DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority xwininfo -root; do sleep 0.1; done' >/dev/null 2>&1
fi

# %% display-rootless
if rootless; then
  xauth -q -f /tmp/nsenter-browser/xauthority add :99 . "$(mcookie)" 2>/dev/null
  Xvfb :99 -screen 0 1000x700x24 -noreset -nolisten tcp -auth /tmp/nsenter-browser/xauthority >/dev/null 2>&1 &
  timeout 20 sh -c 'until DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority xwininfo -root; do sleep 0.1; done' >/dev/null 2>&1
fi

# %% open-root
if root; then
  nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-web)" --net \
    setpriv --reuid 1000 --regid 1000 --init-groups \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/inside http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% open-rootless
if rootless; then
  podman unshare nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-web)" --net \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/inside http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% check
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser/title; do sleep 0.2; done'
case "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser')")" in
  root) echo "root: $(cat /tmp/nsenter-browser/title)" ;;
  *) echo "ordinary user: $(cat /tmp/nsenter-browser/title)" ;;
esac

# %% picture
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
import -window "$(xwininfo -root -tree | awk '/ — Mozilla Firefox/ { print $1 }')" "${RECETARIO_PICTURE:-nsenter-browser.png}"

# %% close
pkill --full '^firefox-esr .*nsenter-browser'
timeout 20 sh -c 'until ! pgrep --full "^firefox-esr .*nsenter-browser" >/dev/null; do sleep 0.1; done'
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
timeout 20 sh -c 'until xwininfo -root -tree >/tmp/nsenter-browser/windows 2>/dev/null && ! grep --quiet "Mozilla Firefox" /tmp/nsenter-browser/windows; do sleep 0.1; done'

# %% sudo-root
if root; then
  nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-web)" --net sudo --user '#1000' \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/inside http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% sudo-rootless
if rootless; then
  sudo --validate || echo "exit status: $?"
  { sudo --non-interactive nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-web)" --net sudo --user "#$(id -u)" \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/inside http://127.0.0.1:8080/; } >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% sudo-check
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser/sudo-title; do sleep 0.2; done' || echo "exit status: $?"
case "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser')")" in
  root) echo "root: $(cat /tmp/nsenter-browser/sudo-title)" ;;
  *) echo "ordinary user: $(cat /tmp/nsenter-browser/sudo-title)" ;;
esac

# %% sudo-close
pkill --full '^firefox-esr .*nsenter-browser' || echo "exit status: $?"
timeout 20 sh -c 'until ! pgrep --full "^firefox-esr .*nsenter-browser" >/dev/null; do sleep 0.1; done'
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
timeout 20 sh -c 'until xwininfo -root -tree >/tmp/nsenter-browser/windows 2>/dev/null && ! grep --quiet "Mozilla Firefox" /tmp/nsenter-browser/windows; do sleep 0.1; done'

# %% outside-root
if root; then
  setpriv --reuid 1000 --regid 1000 --init-groups \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/outside http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% outside-rootless
if rootless; then
  env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/outside http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% control
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser/title; do sleep 0.2; done'
case "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser')")" in
  root) echo "root: $(cat /tmp/nsenter-browser/title)" ;;
  *) echo "ordinary user: $(cat /tmp/nsenter-browser/title)" ;;
esac

# %% cleanup
pkill --full '^firefox-esr .*nsenter-browser'
timeout 20 sh -c 'until ! pgrep --full "^firefox-esr .*nsenter-browser" >/dev/null; do sleep 0.1; done'
pkill --full '^Xvfb :99 .*nsenter-browser'
podman rm --force nsenter-browser-web
rm --recursive --force /tmp/nsenter-browser nsenter-browser.png
