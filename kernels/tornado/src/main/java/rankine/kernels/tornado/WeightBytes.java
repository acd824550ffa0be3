package rankine.kernels.tornado;

/**
 * The memory of weights of one element type, each rounded up to the arrays' alignment.
 *
 * @param total bytes of all weights
 * @param largest bytes of the largest
 */
record WeightBytes(long total, long largest) {}
