"""The worker that runs GPT-J in PyTorch, and single kernels.

    torch_gptj.py THREADS DEVICE [CHECKPOINT [PRECISION]]

PRECISION is F32 (the default), TF32 (float32 weights, products in TensorFloat-32: CUDA only), F16 or BF16.
Optimised within eager PyTorch: weights converted once, fused QKV projection, fused attention, rotary
embedding as one complex product, preallocated KV cache, logits of the last position only.
"""

import ctypes
import json
import math
import sys
import time
from pathlib import Path

import worker

try:
    import torch
    import torch.nn.functional as F
except ImportError as e:
    worker.skip(f"{e} (Debian: python3-torch)")


def blas():
    """Returns the BLAS under this torch and the kernel that it selected."""
    for path in worker.loaded_libraries("openblas"):
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_corename"):
            library.openblas_get_corename.restype = ctypes.c_char_p
            library.openblas_set_num_threads(torch.get_num_threads())
            return f"{Path(path).name} (kernel {library.openblas_get_corename().decode()})"
    if torch.backends.mkl.is_available():
        return "MKL"
    found = ", ".join(Path(p).name for p in worker.loaded_libraries("blas")) or "none"
    worker.skip(f"expected an optimised BLAS under torch, found {found} (Debian: libopenblas0)")


class GptJ:
    """GPT-J with weights under Hugging Face's names; x is [tokens, hidden size]."""

    def __init__(self, folder, dtype):
        try:
            from safetensors import safe_open
        except ImportError as e:
            worker.skip(f"{e} (Debian: python3-safetensors)")
        config = json.loads((Path(folder) / "config.json").read_text())
        device = str(torch.get_default_device())
        # One tensor at a time: the stored and the converted weights never lie in memory together.
        with safe_open(Path(folder) / "model.safetensors", framework="pt", device=device) as stored:
            w = {name: stored.get_tensor(name).to(dtype) for name in stored.keys()}
        self.heads = config["n_head"]
        self.head_dim = config["n_embd"] // self.heads
        self.rotary = config["rotary_dim"]
        self.epsilon = config["layer_norm_epsilon"]
        self.wte = w["transformer.wte.weight"]
        self.head = w["lm_head.weight"], w["lm_head.bias"]
        self.ln_f = w["transformer.ln_f.weight"], w["transformer.ln_f.bias"]
        self.layers = [self.layer(w, f"transformer.h.{l}.") for l in range(config["n_layer"])]
        positions = config["n_positions"]
        inverse = 1.0 / (10000 ** (torch.arange(0, self.rotary, 2, dtype=torch.int64).float() / self.rotary))
        angles = torch.outer(torch.arange(positions).float(), inverse)
        self.rotations = torch.polar(torch.ones_like(angles), angles)[:, None, None]  # [positions, 1, 1, rotary / 2]
        shape = (config["n_layer"], self.heads, positions, self.head_dim)
        self.keys, self.values = torch.zeros(shape, dtype=dtype), torch.zeros(shape, dtype=dtype)

    @staticmethod
    def layer(w, at):
        qkv = torch.cat([w.pop(f"{at}attn.{p}_proj.weight") for p in "qkv"])
        return {
            "ln": (w[at + "ln_1.weight"], w[at + "ln_1.bias"]),
            "qkv": qkv,
            "out": w[at + "attn.out_proj.weight"],
            "fc_in": (w[at + "mlp.fc_in.weight"], w[at + "mlp.fc_in.bias"]),
            "fc_out": (w[at + "mlp.fc_out.weight"], w[at + "mlp.fc_out.bias"]),
        }

    def rotate(self, qk, past):
        """Rotary embedding of features 2i and 2i + 1 < rotary of each head, in float32; qk is [tokens, 2, heads, head_dim]."""
        pairs = qk[..., : self.rotary].float().reshape(*qk.shape[:-1], -1, 2)
        rotated = torch.view_as_complex(pairs) * self.rotations[past : past + len(qk)]
        rotated = torch.view_as_real(rotated).flatten(-2).to(qk.dtype)
        if self.rotary == self.head_dim:
            return rotated
        return torch.cat([rotated, qk[..., self.rotary :]], -1)

    def logits(self, ids, past):
        """Appends ids to the sequence, which has `past` positions; returns the logits of the last."""
        end = past + len(ids)
        x = self.wte[torch.tensor(ids)]
        for l, w in enumerate(self.layers):
            h = F.layer_norm(x, x.shape[1:], *w["ln"], self.epsilon)
            qkv = F.linear(h, w["qkv"]).view(len(ids), 3, self.heads, self.head_dim)
            q, k = self.rotate(qkv[:, :2], past).unbind(1)
            self.keys[l, :, past:end] = k.transpose(0, 1)
            self.values[l, :, past:end] = qkv[:, 2].transpose(0, 1)
            attended = F.scaled_dot_product_attention(
                q.transpose(0, 1)[None],
                self.keys[l, None, :, :end],
                self.values[l, None, :, :end],
                is_causal=len(ids) > 1,
                scale=1 / math.sqrt(self.head_dim),
            )
            attended = attended[0].transpose(0, 1).reshape(len(ids), -1)
            mlp = F.linear(F.gelu(F.linear(h, *w["fc_in"]), approximate="tanh"), *w["fc_out"])
            x = x + F.linear(attended, w["out"]) + mlp
        last = F.layer_norm(x[-1:], x.shape[1:], *self.ln_f, self.epsilon)
        return F.linear(last, *self.head)[0].float()


def pruned(name, w, rate):
    """Low-rank approximation of rank k = floor((1 - rate) min(m, n)) as in the paper's code: svd_lowrank, q = k, niter = 2."""
    if rate == 0:
        return w
    if name == "qkv":
        return torch.cat([pruned("", part, rate) for part in w.chunk(3)])
    matrix, *bias = w if isinstance(w, tuple) else (w,)
    rank = int((1 - rate) * min(matrix.shape) + 1e-9)
    u, s, v = torch.svd_lowrank(matrix, q=rank, niter=2)
    product = (u * s) @ v.T
    return (product, *bias) if isinstance(w, tuple) else product


DTYPES = {"F32": torch.float32, "TF32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


class Torch:
    def __init__(self, threads, device, folder, precision):
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.cuda = device != "cpu"
        if self.cuda and not torch.cuda.is_available():
            worker.skip(f"no {device} device for PyTorch")
        torch.set_default_device(device)
        self.precision = precision or "F32"
        self.name = f"PyTorch {precision}" if precision else "PyTorch"
        try:
            self.model = GptJ(folder, self.select(self.precision)) if folder else None
        except (RuntimeError, ValueError) as e:  # such as out of memory
            worker.skip(str(e).split("\n")[0])
        self.operands = {}

    def select(self, precision):
        """Sets the maths of products; returns the dtype of their operands."""
        if precision == "TF32" and not self.cuda:
            raise ValueError("TF32: expected a CUDA device, found the CPU")
        torch.backends.cuda.matmul.allow_tf32 = precision == "TF32"
        return DTYPES[precision]

    def hello(self, _):
        if self.cuda:
            detail = f"{torch.cuda.get_device_name()}, eager, {self.precision}"
            return {"name": self.name, "version": torch.__version__, "detail": detail}
        detail = f"{blas()}, {torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads, {str(DTYPES[self.precision])[6:]} maths"
        return {"name": self.name, "version": torch.__version__, "detail": detail}

    def now(self):
        """Returns the time in seconds after all submitted work has finished."""
        if self.cuda:
            torch.cuda.synchronize()
        return time.perf_counter()

    def prefill(self, request):
        start = self.now()
        logits = self.model.logits(request["ids"], 0)
        seconds = self.now() - start
        return {"seconds": seconds} | ({"logits": logits.tolist()} if request.get("want_logits") else {})

    def decode(self, request):
        past = len(request["ids"])
        last = int(self.model.logits(request["ids"], 0).argmax())
        ids = []
        start = self.now()
        for i in range(request["tokens"]):
            last = int(self.model.logits([last], past + i).argmax())
            ids.append(last)
        return {"seconds": self.now() - start, "ids": ids}

    def search(self, request):
        """The paper's procedure: for each rate a randomized SVD of the layer's matrices, then every prompt whole, one by one."""
        weights = self.model.layers[request["layer"]]
        names = {"mlp": ("fc_in", "fc_out"), "attn": ("qkv", "out")}[request["module"]]
        original = {name: weights[name] for name in names}
        labels = torch.tensor(request["labels"])
        scores = []
        start = self.now()
        for rate in request["rates"]:
            for name, w in original.items():
                weights[name] = pruned(name, w, rate)
            for query in request["queries"]:
                logits = self.model.logits(request["prefix"] + query, 0)
                scores.append(F.log_softmax(logits, -1)[labels].tolist())
        seconds = self.now() - start
        weights.update(original)
        return {"seconds": seconds} | ({"scores": scores} if request.get("want_scores") else {})

    def linear(self, request):
        """Y [rows, out] = X [rows, in] Wᵀ with W [out, in], or with W = left [out, rank] · right [rank, in] as two products.

        "products" layers read the same X. "compute_dtype" is that of X, W and Y, or TF32; float32 by default.
        """
        rows, n_in, n_out, rank = request["rows"], request["in"], request["out"], request.get("rank", 0)
        products = request.get("products", 1)
        dtype = self.select(request.get("compute_dtype", "F32"))
        shape = rows, n_in, n_out
        key = (*shape, rank, products, dtype)
        if key not in self.operands:
            for other in [k for k in self.operands if k[:3] != shape]:
                self.operands.pop(other)
            while len(self.operands) >= 4:  # dense and in factors, in both types, stay prepared, in turn
                self.operands.pop(next(iter(self.operands)))
            shapes = [(rank, n_in), (n_out, rank)] if rank else [(n_out, n_in)]
            first = [torch.randn(shape).to(dtype) for shape in shapes]
            size = products * sum(w.element_size() * w.numel() for w in first)
            copies = max(1, -(-request["cold_bytes"] // size))
            layer = lambda: [w.clone() for w in first]
            weights = worker.ring(lambda: [layer() for _ in range(products)], min(copies, request.get("copies", copies)))
            self.operands[key] = torch.randn(rows, n_in).to(dtype), weights
        x, weights = self.operands[key]

        def call(i):
            for layer in weights[i % len(weights)]:
                y = x
                for w in layer:
                    y = F.linear(y, w)

        return worker.timed(self.now, call, request["min_seconds"])

    def attend(self, request):
        """Causal attention of new tokens over their past, including the KV append."""
        rows, past, heads, dim = (request[k] for k in ("rows", "past", "heads", "head_dim"))
        key = ("attend", rows, past, heads, dim)
        if key not in self.operands:
            self.operands.clear()
            new = [torch.randn(heads, rows, dim) for _ in range(3)]
            cache = [torch.randn(1, heads, past + rows, dim) for _ in range(2)]
            mask = torch.ones(rows, past + rows, dtype=torch.bool).tril(past) if past and rows > 1 else None
            self.operands[key] = new, cache, mask
        (q, k, v), (keys, values), mask = self.operands[key]

        def call(_):
            keys[0, :, past:] = k
            values[0, :, past:] = v
            F.scaled_dot_product_attention(q[None], keys, values, attn_mask=mask, is_causal=rows > 1 and not past)

        return worker.timed(self.now, call, request["min_seconds"])

    def fma(self, request):
        """Operations per second of a large square product, near a device's limit."""
        n = request.get("size", 8192)
        a, b = torch.randn(2, n, n).to(self.select(request.get("compute_dtype", "F32")))
        timed = worker.timed(self.now, lambda i: a @ b, 0.5)
        return {"flops": 2 * n**3 * timed["calls"] / timed["seconds"]}

    def read(self, request):
        """Bytes per second of a large copy, read and write counted."""
        a = torch.empty(request.get("bytes", 1 << 30), dtype=torch.uint8)
        b = torch.empty_like(a)
        timed = worker.timed(self.now, lambda i: b.copy_(a), 0.5)
        return {"bytes": 2 * a.numel() * timed["calls"] / timed["seconds"]}

    def svd(self, request):
        """The exact SVD for rank 0; otherwise svd_lowrank with q = rank."""
        rows, cols, rank = request["rows"], request["cols"], request["rank"]
        w = torch.from_file(request["file"], size=rows * cols, dtype=torch.float32, device="cpu").view(rows, cols)
        w = w.to(torch.get_default_device())
        start = self.now()
        if rank:
            u, s, v = torch.svd_lowrank(w, q=rank, niter=request["power_iterations"])
            vt = v.T
        else:
            u, s, vt = torch.linalg.svd(w, full_matrices=False)
        answer = {"seconds": self.now() - start}
        if request.get("want_error"):
            # Of all rows, or of about this many evenly spaced ones.
            step = max(1, rows // request["error_rows"]) if request.get("error_rows") else 1
            w, u = w[::step].double(), u[::step]
            answer["relative_error"] = float(torch.linalg.norm(w - (u * s).double() @ vt.double()) / torch.linalg.norm(w))
        return answer


if __name__ == "__main__":
    contender = Torch(int(sys.argv[1]), sys.argv[2], *(sys.argv[3:] + [None, None])[:2])
    with torch.inference_mode():
        worker.serve({
            "hello": contender.hello,
            "prefill": contender.prefill,
            "decode": contender.decode,
            "search": contender.search,
            "linear": contender.linear,
            "attend": contender.attend,
            "fma": contender.fma,
            "read": contender.read,
            "svd": contender.svd,
        })
