"""The worker that runs linear layers in OpenBLAS: float32, cblas_sgemm and cblas_sgemv.

    openblas.py THREADS
"""

import ctypes
import ctypes.util
import random
import sys
import time

import worker

ROW_MAJOR, NO_TRANS, TRANS = 101, 111, 112
NAMES = ("libopenblas.so.0", "libopenblas.so")


def library():
    for name in NAMES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    worker.skip("no OpenBLAS found (Debian: libopenblas0)")


def matrix(rows, cols):
    """Values in [-1, 1): 4,096 random values, repeated; the time does not depend on the values."""
    values = (ctypes.c_float * 4096)(*(random.uniform(-1, 1) for _ in range(4096)))
    data = (ctypes.c_float * (rows * cols))()
    for start in range(0, rows * cols, 4096):
        count = min(4096, rows * cols - start)
        ctypes.memmove(ctypes.byref(data, 4 * start), values, 4 * count)
    return data


class OpenBlas:
    def __init__(self, threads):
        self.blas = library()
        self.blas.openblas_set_num_threads(threads)
        self.blas.openblas_get_config.restype = ctypes.c_char_p
        self.blas.openblas_get_corename.restype = ctypes.c_char_p
        self.threads = threads
        self.operands = {}

    def hello(self, _):
        version = self.blas.openblas_get_config().decode().split()[1]
        core = self.blas.openblas_get_corename().decode()
        return {"name": "OpenBLAS", "version": version, "detail": f"kernel {core}, {self.threads} threads, float32"}

    def linear(self, request):
        """Y [rows, out] = X [rows, in] Wᵀ with W [out, in]."""
        rows, n_in, n_out = request["rows"], request["in"], request["out"]
        key = (rows, n_in, n_out)
        if key not in self.operands:
            self.operands.clear()
            copies = max(1, -(-request["cold_bytes"] // (4 * n_in * n_out)))
            weights = worker.ring(lambda: matrix(n_out, n_in), copies)
            self.operands[key] = matrix(rows, n_in), weights, matrix(rows, n_out)
        x, weights, y = self.operands[key]
        one, zero = ctypes.c_float(1), ctypes.c_float(0)

        def gemm(i):
            w = weights[i % len(weights)]
            self.blas.cblas_sgemm(
                ROW_MAJOR, NO_TRANS, TRANS, rows, n_out, n_in, one, x, n_in, w, n_in, zero, y, n_out)

        def gemv(i):
            w = weights[i % len(weights)]
            self.blas.cblas_sgemv(ROW_MAJOR, NO_TRANS, n_out, n_in, one, w, n_in, x, 1, zero, y, 1)

        return worker.timed(time.perf_counter, gemv if rows == 1 else gemm, request["min_seconds"])


if __name__ == "__main__":
    openblas = OpenBlas(int(sys.argv[1]))
    worker.serve({"hello": openblas.hello, "linear": openblas.linear})
