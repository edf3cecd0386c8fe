#!/usr/bin/env bash
# @TITLE@
# @RUN@
# @JUDGE@
@HEADER@

@CHECK@
if taken; then
  echo @TAKEN@ >&2
  exit 2
fi

kept=$(mktemp -d)
mkdir "$kept/here"
cd "$kept/here"
begin() { # begin STEP: keep what follows
  now=$1
  printf '\n== %s\n' "$1"
  exec 3>&1 4>&2 >"$kept/$1.out" 2>"$kept/$1.err"
}
end() { # end STEP: show it
  exec >&3 2>&4 3>&- 4>&-
  cat "$kept/$1.out"
  cat "$kept/$1.err" >&2
  [ -z "${refused-}" ] || rm "$kept/$1.out" "$kept/$1.err" # it proves nothing
  now=
}
ran() { # ran STEP: did the step run, and every step before it?
  compgen -G "$kept/$1.out" >/dev/null || compgen -G "$kept/$1-root*.out" >/dev/null
}
seen() { # seen STEP PATTERN...: is any pattern a whole line of what the step printed?
  local step=$1 line pattern
  shift
  for line in "$kept/$step"{,-root,-rootless}.{out,err}; do [ -e "$line" ] && cat "$line"; done >"$kept/lines"
  while IFS= read -r line || [ -n "$line" ]; do
    # shellcheck disable=SC2053 # patterns, on purpose
    for pattern; do [[ $line == $pattern ]] && return; done
  done <"$kept/lines"
  return 1
}
podman_is() { # podman_is TEST NUMBER...: does this Podman's minor version, 4003 for 4.3, pass these tests?
  local major minor
  IFS=. read -r major minor _ < <(podman version --format '{{.Client.Version}}')
  while [ $# -gt 0 ]; do
    test "$((major * 1000 + minor))" "$1" "$2" || return 1
    shift 2
  done
}
judge() { # judge ABOUT SENTENCE STEP HOLDS... -- FAILS...
  local about=$1 sentence=$2 step=$3 holds=() found=
  shift 3
  while [ "$1" != -- ]; do holds+=("$1"); shift; done
  shift
  ran "$step" || found=not-run
  seen "$step" "${holds[@]}" && found+=holds
  seen "$step" "$@" && found+=fails
  eval "$about" || found=scope
  case $found in
    holds) printf '%s' @HOLDS@ ;;
    fails) printf '%s' @FAILS@ ;;
    scope) printf '%s' @SCOPE@ ;;
    not-run) printf '%s' @NOT_RUN@ ;;
    *) printf '%s' @UNDECIDED@ ;;
  esac
  printf ': %s\n' "$sentence"
}
# shellcheck disable=SC2016 # sentences, with `commands` in them
finish() {
  local status=$?
  trap - EXIT
  set +e
  [ -z "${now-}" ] || end "$now"
  cleanup() {
@CLEANUP@
  }
  printf '\n== cleanup\n'
  if [ -n "${refused-}" ]; then cleanup 2>/dev/null; else cleanup; fi # some of it may never have been made
  export LC_ALL=C.UTF-8
  echo
@CLAIMS@
  rm -r "$kept"
  exit "$status"
}
trap finish EXIT

@STEPS@
