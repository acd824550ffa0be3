#!/bin/sh
# Tests and benchmarks of the device backend, from the kit that packaging/device-kit makes: see README.md.
#   ./run doctor            the devices that TornadoVM finds
#   ./run tests [OPTION …]  the device backend's tests, on the first device; or what JUnit's console launcher selects
#   ./run PART [OPTION …]   one part of the benchmarks: model, kernels, attention, svd or search; options of benchmarks/run
#   ./run all               doctor, tests, then each part; goes on after a failure, and exits 1 after one
#   ./run rankine ARG …     any command of Rankine
# RANKINE_DEVICE=I is the device of the benchmarks (default 0), RANKINE_LIMIT the most seconds of a part (default 300),
# RANKINE_RESULTS the folder of the results (default: results, in this folder).
set -eu
home=$(cd "$(dirname "$0")" && pwd -P)
device=${RANKINE_DEVICE:-0}
limit=${RANKINE_LIMIT:-300}
results=${RANKINE_RESULTS:-$home/results}
java=$home/runtime/bin/java
flags=$results/tornado.jvm
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" TORNADOVM_HOME="$home/tornadovm"

mkdir -p "$results"
"$java" -cp "$home/jvm" TornadoFlags "$TORNADOVM_HOME" "$flags"

rankine() {
  "$java" "@$flags" "@$home/jvm/launcher.jvm" "@$home/jvm/mapped.jvm" -XX:+UseSerialGC -cp "$home/lib/*" rankine.cli.Main "$@"
}

tests() {
  [ $# != 0 ] || set -- --select-package rankine.kernels.tornado
  "$java" "@$flags" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx3g -XX:+UseSerialGC \
    -cp "$home/tests/classes:$home/tests/*:$home/lib/*" org.junit.platform.console.ConsoleLauncher execute --disable-banner \
    --disable-ansi-colors --details-theme ascii --exclude-engine junit-vintage --reports-dir "$results/tests" "$@" | tee "$results/tests.txt"
  # tee hides the exit code; a JVM that crashes prints no counts.
  grep -q '^\[ *0 tests failed' "$results/tests.txt" && grep -q '^\[ *[1-9][0-9]* tests successful' "$results/tests.txt"
}

# Runs one part. An option that is given replaces the kit's.
part() {
  name=$1
  shift
  torch=cpu
  if type nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1; then torch=cuda; fi
  for default in "--torch-device $torch" "--device $device" "--runs 5" "--warm-up 2" "--retries 0" "--out $results/$name"; do
    case " $* " in
      *" ${default%% *}"[\ =]*) ;;
      *) set -- "$@" "${default%% *}=${default#* }" ;;
    esac
  done
  mkdir -p "$results/$name"
  timeout "$limit" "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
    -cp "$home/lib/*" rankine.benchmarks.SideBySide --home="$home" \
    --jvm="@$flags -XX:+UseSerialGC -XX:ObjectAlignmentInBytes=64" --only "$name" --backend tornado "$@"
}

# Runs one step and remembers a failure.
step() {
  echo "== $*"
  "$@" || { echo "kit: $*: failed" >&2; failed=1; }
}

action=${1:-}
[ $# = 0 ] || shift
case $action in
  doctor) rankine doctor "$@" ;;
  rankine) rankine "$@" ;;
  tests) tests "$@" ;;
  model | kernels | attention | svd | search) part "$action" "$@" ;;
  all)
    failed=0
    step rankine doctor
    step tests
    for each in kernels model attention svd search; do step part $each; done
    exit $failed
    ;;
  *)
    echo "run: expected doctor, tests, model, kernels, attention, svd, search, all or rankine, found '$action'" >&2
    exit 2
    ;;
esac
