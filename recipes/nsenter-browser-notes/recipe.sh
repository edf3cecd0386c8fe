#!/usr/bin/env bash
# Does nsenter with sudo also open a container's page in a browser?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% create
podman run --detach --name nsenter-browser-notes-web docker.io/library/busybox sh -c 'echo "<title>hello from the container</title><h1>Hello from the container</h1>" >/index.html; exec httpd -f -p 8080 -h /'

# %% profile
mkdir --parents /tmp/nsenter-browser-notes/profile
echo 'user_pref("startup.homepage_welcome_url", ""); user_pref("datareporting.policy.dataSubmissionEnabled", false);' >/tmp/nsenter-browser-notes/profile/user.js
xauth -q -f /tmp/nsenter-browser-notes/xauthority add :99 . "$(mcookie)" 2>/dev/null
[ "$(id -u)" != 0 ] || chown --recursive 1000:1000 /tmp/nsenter-browser-notes

# %% display
export TMPDIR=/tmp/nsenter-browser-notes
Xvfb :99 -screen 0 1000x700x24 -noreset -nolisten tcp -auth /tmp/nsenter-browser-notes/xauthority >/dev/null 2>&1 &
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority timeout 20 sh -c 'until xwininfo -root; do sleep 0.1; done' >/dev/null 2>&1

# %% outside
HOME=/tmp/nsenter-browser-notes DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority setpriv --reuid "$(stat --format %u /tmp/nsenter-browser-notes)" \
  firefox-esr --no-remote --profile /tmp/nsenter-browser-notes/profile http://127.0.0.1:8080/ >/tmp/nsenter-browser-notes/firefox.log 2>&1 &

# %% control
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser-notes/title; do sleep 0.2; done'
echo "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser-notes')" | sed '/^root$/!s/.*/ordinary user/'): $(cat /tmp/nsenter-browser-notes/title)"

# %% close
timeout 20 sh -c 'until ! pkill --full "^firefox-esr .*nsenter-browser-notes"; do sleep 0.1; done'
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority timeout 20 sh -c 'until ! xwininfo -root -tree 2>&1 | grep --quiet --regexp "Mozilla Firefox" --regexp error; do sleep 0.1; done'

# %% open-root
if root; then
  nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-notes-web)" --net sudo --user '#1000' \
    env HOME=/tmp/nsenter-browser-notes TMPDIR=/tmp/nsenter-browser-notes DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser-notes/profile http://127.0.0.1:8080/ >/tmp/nsenter-browser-notes/firefox.log 2>&1 &
fi

# %% open-rootless
if rootless; then
  sudo --validate || echo "exit status: $?"
  { sudo --non-interactive nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-browser-notes-web)" --net sudo --user "#$(id -u)" \
    env HOME=/tmp/nsenter-browser-notes TMPDIR=/tmp/nsenter-browser-notes DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority \
    firefox-esr --no-remote --profile /tmp/nsenter-browser-notes/profile http://127.0.0.1:8080/; } >/tmp/nsenter-browser-notes/firefox.log 2>&1 &
fi

# %% check
DISPLAY=:99 XAUTHORITY=/tmp/nsenter-browser-notes/xauthority timeout 60 sh -c 'until xwininfo -root -tree 2>/dev/null | grep --only-matching --extended-regexp "(hello from the container|Problem loading page) — Mozilla Firefox" >/tmp/nsenter-browser-notes/title; do sleep 0.2; done' || echo "exit status: $?"
echo "$(ps --format user= --pid "$(pgrep --oldest --full '^firefox-esr .*nsenter-browser-notes')" | sed '/^root$/!s/.*/ordinary user/'): $(cat /tmp/nsenter-browser-notes/title)"

# %% cleanup
timeout 20 sh -c 'until ! pkill --full "^(firefox-esr|Xvfb) .*nsenter-browser-notes"; do sleep 0.1; done'
podman rm --force nsenter-browser-notes-web
rm --recursive --force /tmp/nsenter-browser-notes
