#!/bin/sh
# Tests and benchmarks of the device backend, from the kit that packaging/device-kit makes: see README.md.
#   ./run doctor            the devices that TornadoVM finds
#   ./run tests [OPTION …]  the device backend's tests, on the first device; or what JUnit's console launcher selects
#   ./run PART [OPTION …]   one part of the benchmarks: kernels, large-kernels, model, large-model, attention, svd,
#                           large-svd or search; options of benchmarks/run
#   ./run all               doctor, tests, then each part; goes on after a failure, and exits 1 after one
#   ./run rankine ARG …     any command of Rankine
# RANKINE_DEVICE=I is the device of the benchmarks (default 0), RANKINE_LIMIT the most seconds of a part (default 300),
# RANKINE_RESULTS the folder of the results (default: results, in this folder).
set -eu
home=$(CDPATH= cd "$(dirname "$0")" && pwd -P)
device=${RANKINE_DEVICE:-0}
limit=${RANKINE_LIMIT:-300}
results=${RANKINE_RESULTS:-$home/results}
java=$home/runtime/bin/java
flags=$results/tornado.jvm
shown=./run
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" TORNADOVM_HOME="$home/tornadovm"

mkdir -p "$results"
"$java" -cp "$home/jvm" TornadoFlags "$TORNADOVM_HOME" "$flags"

# LLVM in OpenCL drivers replaces the JVM's handler of segmentation faults for moments; libjsig keeps it.
jsig=$home/runtime/lib/libjsig.so
case $jsig in *[\ :]*) ;; *) if [ -r "$jsig" ]; then export LD_PRELOAD="$jsig${LD_PRELOAD:+:$LD_PRELOAD}"; fi ;; esac

rankine() {
  "$java" "@$flags" "@$home/jvm/launcher.jvm" "@$home/jvm/mapped.jvm" -XX:+UseSerialGC -cp "$home/lib/*" rankine.cli.Main "$@"
}

tests() {
  [ $# != 0 ] || set -- "--scan-class-path=$home/tests/classes"
  "$java" "@$flags" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx3g -XX:+UseSerialGC \
    -cp "$home/tests/classes:$home/tests/*:$home/lib/*" org.junit.platform.console.ConsoleLauncher execute --disable-banner \
    --disable-ansi-colors --details-theme ascii --exclude-engine junit-vintage --reports-dir "$results/tests" "$@" | tee "$results/tests.txt"
  # tee hides the exit code; a JVM that crashes prints no counts.
  grep -q '^\[ *0 tests failed' "$results/tests.txt" && grep -q '^\[ *[1-9][0-9]* tests successful' "$results/tests.txt"
}

# The driver of the benchmarks; its --jvm has the flags of the workers.
side_by_side() {
  timeout -k 10 "$limit" "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
    -cp "$home/lib/*" rankine.benchmarks.SideBySide "$@"
}

. "$home/jvm/parts.sh"

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
  all)
    failed=0
    step rankine doctor
    step tests
    for each in $parts; do step device_part "$each"; done
    exit $failed
    ;;
  *)
    case " $parts " in
      *" $action "*) device_part "$action" "$@" ;;
      *)
        echo "run: expected doctor, tests, all, rankine or one of $parts, found '$action'" >&2
        exit 2
        ;;
    esac
    ;;
esac
