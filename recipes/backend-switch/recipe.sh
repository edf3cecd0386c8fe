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

# %% file-root
if root; then
  ln --symbolic /etc/containers/containers.conf backend-switch.conf
fi

# %% file-rootless
if rootless; then
  ln --symbolic ~/.config/containers/containers.conf backend-switch.conf
fi

# %% force
for backend in cni netavark; do
  printf '[network]\nnetwork_backend = "%s"\n' "$backend" >backend-switch.conf
  podman network create "backend-switch-$backend" || continue
  podman network inspect "backend-switch-$backend" >"backend-switch-$backend.json"
  podman network rm "backend-switch-$backend"
done

# %% check
grep --no-filename --only-matching --extended-regexp '"(cni-)?podman[0-9]' backend-switch-[cn]*.json |
  awk '{ got = got (/cni/ ? " cni" : " netavark") } END { print "asked for cni and netavark, got:" got }'

# %% elsewhere
for backend in cni netavark; do
  printf '[engine]\nnetwork_backend = "%s"\n' "$backend" >backend-switch.conf
  podman network create "backend-switch-$backend"
  podman network inspect "backend-switch-$backend" >"backend-switch-engine-$backend.json"
  podman network rm "backend-switch-$backend"
done

# %% control
grep --no-filename --only-matching --extended-regexp '"(cni-)?podman[0-9]' backend-switch-engine-*.json |
  awk '{ got = got (/cni/ ? " cni" : " netavark") } END { print "asked for cni and netavark, got:" got }'

# %% without-key
printf '[containers]\npids_limit = 0\n[network]\nnetwork_backend = ""\n' >backend-switch.conf
podman network create backend-switch
podman run --rm --network backend-switch docker.io/library/busybox ip -4 address show eth0 >backend-switch.address || echo "exit status: $?"
case "$(podman network inspect backend-switch | grep --only-matching --extended-regexp '(cni-)?podman[0-9]+') $(cat backend-switch.address)" in
  podman*' inet '*) echo "netavark without a reset: works" ;;
  *) echo "netavark without a reset: does not work" ;;
esac
podman network rm backend-switch

# %% with-key
printf '[containers]\npids_limit = 0\n[network]\nnetwork_backend = "netavark"\n' >backend-switch.conf
podman network create backend-switch
podman run --rm --network backend-switch docker.io/library/busybox ip -4 address show eth0 >backend-switch.address || echo "exit status: $?"
case "$(podman network inspect backend-switch | grep --only-matching --extended-regexp '(cni-)?podman[0-9]+') $(cat backend-switch.address)" in
  podman*' inet '*) echo "netavark without a reset: works" ;;
  *) echo "netavark without a reset: does not work" ;;
esac
podman network rm backend-switch

# %% left-behind-root
if root; then
  iptables-save | grep --only-matching --extended-regexp '^:(CNI|NETAVARK)[A-Z_-]*[A-Z]' | sort --unique | grep . || echo "exit status: $?"
fi

# %% left-behind-rootless
if rootless; then
  find "$XDG_RUNTIME_DIR/containers" -name dnsname -or -name aardvark.lock
fi

# %% fill
podman volume create backend-switch
podman network create backend-switch
podman create --name backend-switch-web docker.io/library/busybox true

# %% count
echo "images: $(podman images --quiet | wc --lines)"
echo "containers: $(podman ps --all --quiet | wc --lines)"
echo "volumes: $(podman volume ls --quiet | wc --lines)"
echo "networks: $(podman network ls --format '{{.Name}}' | grep --count backend-switch)"

# %% count-user
find /home/reader/.local/share/containers/storage/vfs-images -mindepth 1 -type d | wc --lines

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
find /home/reader/.local/share/containers/storage/vfs-images -mindepth 1 -type d | wc --lines

# %% after
printf '[network]\nnetwork_backend = ""\n' >backend-switch.conf
podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"

# %% tidy-root
if root && lab_only "It deletes all firewall rules, and the network files of all containers."; then
  nft flush ruleset
  rm --recursive --force /var/lib/cni /run/containers/networks /etc/cni/net.d/backend-switch.conflist
fi

# %% tidy-rootless
if rootless && lab_only "It deletes the network files of all your containers."; then
  rm --recursive --force "$XDG_RUNTIME_DIR/containers/cni" "$XDG_RUNTIME_DIR/containers/networks"
  rm --force ~/.config/cni/net.d/backend-switch.conflist
fi

# %% cleanup
rm --force "$(readlink backend-switch.conf)"
rm --force backend-switch.conf backend-switch.address backend-switch-*.json
