# Sourced by the scripts: the launcher, a folder of their own, and how a run is counted.
set -uo pipefail
root=$(CDPATH= cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
launcher=${LAUNCHER:-$root/rankine}
RANDOM=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
data=$root/demo/data/topic
"$launcher" --version > "$work/out" 2>&1 || { cat "$work/out" >&2; exit 2; } # builds, so that no time includes it
declare -A counts
bad=0

# Counts an ending.
count() { counts[$1]=$((${counts[$1]:-0} + 1)); }

# Counts and reports a violation, and ends the script: what led to it is in $work, which is kept then.
violation() {
  echo "VIOLATION after ${SECONDS} s: $*" >&2
  echo "kept: $work" >&2
  trap - EXIT
  summary
  exit 1
}

summary() { for ending in "${!counts[@]}"; do echo "${counts[$ending]}  $ending"; done | sort -k2; }

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# Sleeps a random part of $1 milliseconds, and says how long in $moment.
sleep_part() {
  moment=$(($1 * RANDOM / 32768))
  sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
}

# Hidden temporaries in a folder.
temporaries() { find "$1" -name '.*.tmp' 2>/dev/null; }

# One line, that is not a defect of ours.
one_line() { [ "$(wc -l < "$1")" -le 1 ] && ! grep -q 'internal error' "$1"; }

# The cells of a run folder in one order, without times; the machine does not change.
cells() { cat "$1"/cells-*.jsonl | grep -a '"kind":"cell"' | sed -E 's/"seconds":[0-9.eE-]+,?//; s/"started":"[^"]*",?//' | sort; }

sweep_command=(sweep --model "$root/demo/checkpoint" --tasks demo-topic --data "$data" --layers 0-5
  --modules fc_in,q_proj --rates 0.5,0.9,0.99 --limit 10 --shots 1 --quiet)
prune_command=(prune --model "$root/demo/checkpoint" --edit -1:mlp:0.9 --no-cache --quiet)

# Makes them small and leaves C2 out, where files are tried and not kernels: else most of a run is its start.
small_commands() {
  export RANKINE_JAVA_OPTS="-XX:TieredStopAtLevel=1"
  sweep_command=(sweep --model "$root/demo/checkpoint" --tasks demo-topic --data "$data" --layers 0-2
    --modules fc_in,q_proj --rates 0.5,0.9,0.99 --limit 2 --shots 1 --backend scalar --quiet)
  prune_command+=(--backend scalar)
}
