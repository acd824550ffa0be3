"""The JSON-lines protocol of the Python workers (see package-info.java of rankine.benchmarks)."""

import json
import os
import sys


def serve(operations):
    """Answers each line {"op": NAME, ...} of stdin with operations[NAME](line) until it ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            fields = operations[request["op"]](request)
        except (RuntimeError, ValueError) as e:  # such as out of memory; the next request may succeed
            fields = {"error": str(e).split("\n")[0]}
        answer(fields)


def answer(fields):
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def skip(reason):
    """Answers why this rival cannot run here, and exits."""
    answer({"skip": reason})
    sys.exit(0)


def loaded_libraries(word):
    """Returns the real paths of this process's shared libraries whose name contains `word`."""
    with open("/proc/self/maps") as maps:
        paths = {line.split(None, 5)[5].strip() for line in maps if word in line}
    return sorted(os.path.realpath(path) for path in paths)


def ring(make, copies):
    """Returns weights to cycle through, so that none is still cached when it is used again."""
    first = make()
    return [first] + [make() for _ in range(copies - 1)]


def timed(clock, call, seconds):
    """Calls call(i) for i = 0, 1, … for at least `seconds`; returns the calls and their seconds."""
    calls = 0
    start = clock()
    while True:
        call(calls)
        calls += 1
        elapsed = clock() - start
        if elapsed >= seconds:
            return {"calls": calls, "seconds": elapsed}
