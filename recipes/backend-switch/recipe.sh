#!/usr/bin/env bash
# Do I have to reset Podman to change its network backend?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% force
for backend in cni netavark; do
  sed "/^network_backend/d; /^\[network\]/a network_backend = \"$backend\"" /usr/share/containers/containers.conf >backend-switch.conf
  CONTAINERS_CONF=backend-switch.conf podman network create "backend-switch-$backend" || continue
  CONTAINERS_CONF=backend-switch.conf podman network inspect "backend-switch-$backend" >"backend-switch-$backend.json"
  CONTAINERS_CONF=backend-switch.conf podman network rm "backend-switch-$backend"
done

# %% check
grep --no-filename --only-matching --extended-regexp '"(cni-)?podman[0-9]' backend-switch-[cn]*.json |
  awk '{ got = got (/cni/ ? " cni" : " netavark") } END { print "asked for cni and netavark, got:" got }'

# %% elsewhere
for backend in cni netavark; do
  sed "/^network_backend/d; /^\[network\]/a network_backend = \"netavark\"" /usr/share/containers/containers.conf >backend-switch.conf
  sed --in-place "/^\[engine\]/a network_backend = \"$backend\"" backend-switch.conf
  CONTAINERS_CONF=backend-switch.conf podman network create "backend-switch-$backend"
  CONTAINERS_CONF=backend-switch.conf podman network inspect "backend-switch-$backend" >"backend-switch-engine-$backend.json"
  CONTAINERS_CONF=backend-switch.conf podman network rm "backend-switch-$backend"
done

# %% control
grep --no-filename --only-matching --extended-regexp '"(cni-)?podman[0-9]' backend-switch-engine-*.json |
  awk '{ got = got (/cni/ ? " cni" : " netavark") } END { print "asked for cni and netavark, got:" got }'

# %% question
cat >backend-switch.sh <<'END'
podman network create --subnet=10.189.11.0/24 backend-switch
podman run --rm --network backend-switch docker.io/library/busybox ip -4 address show eth0 >backend-switch.address || echo "exit status: $?"
podman network inspect backend-switch | grep --quiet '"podman[0-9]' && grep --quiet ' inet ' backend-switch.address && answer=works
echo "netavark without a reset: ${answer:-does not work}"
podman network rm backend-switch
END

# %% with-key
sed '/^network_backend/d; /^\[network\]/a network_backend = "netavark"' /usr/share/containers/containers.conf >backend-switch.conf
CONTAINERS_CONF=backend-switch.conf sh backend-switch.sh

# %% fill
podman volume create backend-switch
podman network create backend-switch-kept
podman create --name backend-switch-web docker.io/library/busybox true

# %% count
echo "images: $(podman images --quiet | wc --lines)"
echo "containers: $(podman ps --all --quiet | wc --lines)"
echo "volumes: $(podman volume ls --quiet | wc --lines)"
echo "networks: $(podman network ls --format '{{.Name}}' | grep --count backend-switch)"

# %% count-user
find /home/*/.local/share/containers/storage/*-images -mindepth 1 -type d | wc --lines || echo "exit status: $?"

# %% without-key
if lab_only "It makes Podman choose a network backend, and remember it."; then
  sed '/^network_backend/d' /usr/share/containers/containers.conf >backend-switch-none.conf
  CONTAINERS_CONF=backend-switch-none.conf sh backend-switch.sh
fi

# %% remembered
CONTAINERS_CONF=backend-switch.conf podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"

# %% left-behind-root
if root; then
  iptables-save | grep --only-matching --extended-regexp '^:(CNI|NETAVARK)[A-Z_-]*[A-Z]' | sort --unique | grep . || echo "exit status: $?"
fi

# %% left-behind-rootless
if rootless; then
  find "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/containers" -name dnsname -or -name aardvark.lock || echo "exit status: $?"
fi

# %% reset
if lab_only "It deletes every container, image, volume, network, and pod."; then
  podman system reset --force
fi

# %% count-after
echo "images: $(podman images --quiet | wc --lines)"
echo "containers: $(podman ps --all --quiet | wc --lines)"
echo "volumes: $(podman volume ls --quiet | wc --lines)"
echo "networks: $(podman network ls --format '{{.Name}}' | grep --count backend-switch)"

# %% count-user-after
find /home/*/.local/share/containers/storage/*-images -mindepth 1 -type d | wc --lines || echo "exit status: $?"

# %% after
if lab_only "It makes Podman choose a network backend, and remember it."; then
  CONTAINERS_CONF=backend-switch-none.conf podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"
fi

# %% tidy-root
if root && lab_only "It deletes all firewall rules, and the network files of all containers."; then
  nft flush ruleset
  rm --recursive --force /var/lib/cni /run/containers/networks
fi

# %% tidy-rootless
if rootless && lab_only "It deletes the network files of all your containers."; then
  rm --recursive --force "$XDG_RUNTIME_DIR/containers/cni" "$XDG_RUNTIME_DIR/containers/networks"
fi

# %% file-root
if root; then
  LC_ALL=C mkdir --parents --verbose /etc/containers/containers.conf.d | cut --delimiter="'" --fields=2 >>backend-switch.made
  printf '[network]\nnetwork_backend = "netavark"\n' >/etc/containers/containers.conf.d/backend-switch.conf
  podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"
fi

# %% file-rootless
if rootless; then
  LC_ALL=C mkdir --parents --verbose ~/.config/containers/containers.conf.d | cut --delimiter="'" --fields=2 >>backend-switch.made
  printf '[network]\nnetwork_backend = "netavark"\n' >~/.config/containers/containers.conf.d/backend-switch.conf
  podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"
fi

# %% cleanup
rm --force /etc/containers/containers.conf.d/backend-switch.conf ~/.config/containers/containers.conf.d/backend-switch.conf
touch backend-switch.made
tac backend-switch.made | xargs --no-run-if-empty rmdir --ignore-fail-on-non-empty
podman rm --force --ignore backend-switch-web
podman volume ls --quiet | sed --quiet '/^backend-switch$/p' | xargs --no-run-if-empty podman volume rm
podman network ls --format '{{.Name}}' | sed --quiet --regexp-extended '/^backend-switch(-kept|-cni|-netavark)?$/p' | xargs --no-run-if-empty podman network rm
rm --force backend-switch.* backend-switch-*.conf backend-switch-*.json
