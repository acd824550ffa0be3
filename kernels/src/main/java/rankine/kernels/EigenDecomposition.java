package rankine.kernels;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @param values [n], descending
 * @param vectors [n, n], row i is the unit eigenvector of eigenvalue i
 */
public record EigenDecomposition(double[] values, double[] vectors) {}
