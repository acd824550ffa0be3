"""What the rivals' workers share: one JSON object a line in, one a line out (see package-info.java of rankine.benchmarks)."""

import json
import os
import sys


def serve(operations):
    """Answers each line {"op": NAME, ...} with operations[NAME](line), until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        answer(operations[request["op"]](request))


def answer(fields):
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def skip(reason):
    """Says why this rival cannot run here, and ends."""
    answer({"skip": reason})
    sys.exit(0)


def loaded_libraries(word):
    """Real paths of the shared libraries of this process whose name contains a word."""
    with open("/proc/self/maps") as maps:
        paths = {line.split(None, 5)[5].strip() for line in maps if word in line}
    return sorted(os.path.realpath(path) for path in paths)


def ring(make, copies):
    """Weights to take in turn, so that none is still in a cache when it is used again."""
    first = make()
    return [first] + [make() for _ in range(copies - 1)]


def timed(clock, call, seconds):
    """Calls call(i) for i = 0, 1, … for at least so long; calls and seconds they took."""
    calls = 0
    start = clock()
    while True:
        call(calls)
        calls += 1
        elapsed = clock() - start
        if elapsed >= seconds:
            return {"calls": calls, "seconds": elapsed}
