#!/usr/bin/env bash
# Keep a bash ready for the steps (live.sh), start a fresh one when a step has ended it, end what runs when asked to.
#
# Called as `bash --noprofile --norc FOLDER/driver.sh FOLDER`; bash.py speaks with it through FIFOs in FOLDER:
#   go     in: a line starts the step in FOLDER/cell
#   watch  in: "step SINCE" tells when (clock ticks since boot) the step begins that is about to be started;
#          "kill SIGNAL" signals what belongs to it, and answers "left N";
#          "mark TEXT" prints TEXT on both streams: the step is over;
#          end of file: whoever started us is gone; end all that "kill" would signal, and ourselves
#   said   out: "dumped" and "done ..." (live.sh), "gone STATUS", "left N"
# They are opened by name, each time anew, so that no child of a step inherits one.

# Lead a session of our own: its members may be ended, and nothing else is.
IFS= read -r stat <"/proc/$$/stat"
read -r _ _ _ session _ <<<"${stat##*) }"
[ "$session" = "$$" ] || exec setsid --wait "$BASH" --noprofile --norc "$0" "$1"

folder=$1

# Signal what is in the steps' own process group and, of the rest of our session, what the step that runs has started.
# What earlier steps have left in groups of their own is spared: so are Podman's slirp4netns and rootlessport, without
# which a container loses its network. Sets `left` to how many there were.
sweep() {
  local signal=$1 stat line fields
  left=0
  for stat in /proc/[0-9]*/stat; do
    IFS= read -r line <"$stat" || continue
    [[ $line == *" $$ "* ]] || continue # quick
    read -ra fields <<<"${line##*) }" # state, parent, group, session, ...; the 20th is the start time
    [[ ${fields[3]} == "$$" && ${fields[0]} != [ZX] ]] || continue
    [[ ${line%% *} != "$$" && ${line%% *} != "$BASHPID" ]] || continue
    ((fields[2] == $$ || (since && fields[19] >= since))) || continue
    kill -s "$signal" "${line%% *}"
    ((++left))
  done
} 2>/dev/null # a process may end while we look at it

watch() {
  local order value since=0
  while IFS=' ' read -r order value; do
    case $order in
      step) since=$value ;;
      kill) sweep "$value" && printf 'left %s\n' "$left" >"$folder/said" ;;
      mark) since=0 && printf '%s' "$value" && printf '%s' "$value" >&2 ;;
    esac
  done
  for _ in {1..100}; do # not for ever: what `sudo` runs is not ours to end
    sweep KILL
    ((left)) || break
  done
  rm -rf -- "$folder"
  kill -s KILL "$$"
}

# A step's `kill 0` is not for us. The watcher must ignore it from its start, because a step may send it before the
# watcher's first command.
trap '' TERM HUP INT QUIT
# shellcheck disable=SC2094
exec 3<>"$folder/watch" 4<"$folder/watch" 3>&- # opening it only to read would wait for ever if the tool has ended
watch <&4 4<&- &
trap : TERM HUP INT QUIT # steps would inherit what we ignore
exec 4<&- 3>&2 2>/dev/null # bash would report here how live.sh was killed
while IFS= read -r _ <"$folder/go" || (($? > 128)); do
  "$BASH" --noprofile --norc "$folder/live.sh" "$folder" 2>&3 3>&-
  printf 'gone %s\n' "$?" >"$folder/said"
done
