package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.kernels.DType;

/**
 * Linear layers {@code Y [rows, out] = X [rows, in] Wᵀ}, W [out, in], that read the same X.
 *
 * @param rank of W as two factors, which run as two products; 0 for a dense W
 * @param products layers in a program, each with a weight of its own
 * @param coldBytes of weights that the calls cycle through, at least
 * @param mostCopies most programs that they cycle through
 */
record LinearRequest(
    int rows,
    int in,
    int out,
    int rank,
    DType dtype,
    int products,
    long coldBytes,
    int mostCopies) {

  /** Reads a request; one without the later fields is for one layer. */
  static LinearRequest of(JsonNode request) {
    return new LinearRequest(
        request.get("rows").intValue(),
        request.get("in").intValue(),
        request.get("out").intValue(),
        request.path("rank").intValue(),
        DType.valueOf(request.get("dtype").textValue()),
        request.path("products").asInt(1),
        request.get("cold_bytes").longValue(),
        request.path("copies").asInt(Integer.MAX_VALUE));
  }

  /** The request, without the time that it takes. */
  ObjectNode json() {
    return Worker.JSON
        .createObjectNode()
        .put("rows", rows)
        .put("in", in)
        .put("out", out)
        .put("rank", rank)
        .put("dtype", dtype.name())
        .put("products", products)
        .put("cold_bytes", coldBytes)
        .put("copies", mostCopies);
  }

  /** Whether a layer of the same shape is meant, whatever its weights are. */
  boolean sameShape(LinearRequest other) {
    return rows == other.rows && in == other.in && out == other.out;
  }

  /** Bytes of the weights of one layer. */
  long layerBytes() {
    return dtype.bytes() * (rank == 0 ? (long) in * out : rank * ((long) in + out));
  }

  /** Programs with different weights that the calls cycle through. */
  int copies() {
    long copies = Math.max(1, Math.ceilDiv(coldBytes, products * layerBytes()));
    return (int) Math.min(copies, mostCopies);
  }

  /** Bytes of all weights. */
  long bytes() {
    return layerBytes() * products * copies();
  }
}
