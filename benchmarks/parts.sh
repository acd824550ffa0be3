# The parts of a device's benchmarks, for benchmarks/device and for the kit's run, which set:
#   device, limit, results, flags (TornadoVM's argument file), home (with rivals/ and target/), shown (their own command),
#   and the function side_by_side, which runs SideBySide with its arguments, for at most $limit seconds.
parts="kernels large-kernels model large-model attention svd large-svd search"

# Runs one part: device_part NAME [OPTION of SideBySide …]. An option that is given replaces the default.
device_part() {
  name=$1
  shift
  only=${name#large-}
  command="$shown $name${*:+ $*}"
  large=
  runs=5
  if [ "$only" != "$name" ]; then
    large="--large 4096"
    runs=3
  fi
  for default in "--torch-device cuda" "--device $device" "--threads $(nproc)" "--runs $runs" "--warm-up 2" "--retries 0" \
    "--out $results/$name" "$large"; do
    case " $* " in
      *" ${default%% *}"[\ =]*) ;;
      *) [ -z "$default" ] || set -- "$@" "${default%% *}=${default#* }" ;;
    esac
  done
  set -- --home="$home" --jvm="@$flags -XX:+UseSerialGC -XX:ObjectAlignmentInBytes=64" --only="$only" --backend=tornado \
    --shown="$command" "$@"
  mkdir -p "$results/$name"
  # Writing the inputs, 12 GB for large-model, does not count.
  side_by_side "$@" --prepare || return
  started=$(mktemp)
  code=0
  side_by_side "$@" || code=$?
  if [ $code = 124 ]; then
    kept="no comparison was complete by then"
    written=$results/$name/RESULTS.md
    if [ -f "$written" ] && [ ! "$written" -ot "$started" ]; then kept="$results/$name has those that were complete"; fi
    echo "$name: ended after $limit seconds; $kept" >&2
  fi
  rm -f "$started"
  return $code
}
