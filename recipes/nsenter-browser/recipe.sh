#!/usr/bin/env bash
# How do I open a container's page in a graphical browser without publishing its port?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% create
podman run --detach --name nsenter-browser-web docker.io/library/busybox sh -c 'echo "<title>hello from the container</title><h1>Hello from the container</h1>" >/index.html; exec httpd -f -p 8080 -h /'

# %% display
mkdir --parents /tmp/nsenter-browser/profile
echo 'user_pref("startup.homepage_welcome_url", ""); user_pref("datareporting.policy.dataSubmissionEnabled", false);' >/tmp/nsenter-browser/profile/user.js
xauth -q -f /tmp/nsenter-browser/xauthority add :99 . "$(mcookie)" 2>/dev/null
[ "$(id -u)" != 0 ] || chown --recursive 1000:1000 /tmp/nsenter-browser
export TMPDIR=/tmp/nsenter-browser
Xvfb :99 -screen 0 1000x700x24 -noreset -nolisten tcp -auth /tmp/nsenter-browser/xauthority >/dev/null 2>&1 &
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority timeout 20 sh -c 'until xwininfo -root; do sleep 0.1; done' >/dev/null 2>&1

# %% outside
HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority setpriv --reuid "$(stat --format %u /tmp/nsenter-browser)" \
  firefox-esr --no-remote --profile /tmp/nsenter-browser/profile http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &

# %% control
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser/title; do sleep 0.2; done'
echo "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser')" | sed '/^root$/!s/.*/ordinary user/'): $(cat /tmp/nsenter-browser/title)"

# %% close
timeout 20 sh -c 'until ! pkill --full "^firefox-esr .*nsenter-browser"; do sleep 0.1; done'
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority timeout 20 sh -c 'until ! xwininfo -root -tree 2>&1 | grep --quiet --regexp "Mozilla Firefox" --regexp error; do sleep 0.1; done'

# %% open-root
if root; then
  nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-web)" --net setpriv --reuid 1000 --regid 1000 --init-groups \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/profile http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% open-rootless
if rootless; then
  podman unshare nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-web)" --net \
    env HOME=/tmp/nsenter-browser DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser/profile http://127.0.0.1:8080/ >/tmp/nsenter-browser/firefox.log 2>&1 &
fi

# %% check
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser/title; do sleep 0.2; done'
echo "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser')" | sed '/^root$/!s/.*/ordinary user/'): $(cat /tmp/nsenter-browser/title)"

# %% picture
export DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser/xauthority
import -window "$(xwininfo -root -tree | awk '/ — Mozilla Firefox/ { print $1 }')" "${RECETARIO_PICTURE:-nsenter-browser.png}"

# %% cleanup
timeout 20 sh -c 'until ! pkill --full "^(firefox-esr|Xvfb) .*nsenter-browser"; do sleep 0.1; done'
podman rm --force nsenter-browser-web
rm --recursive --force /tmp/nsenter-browser nsenter-browser.png
