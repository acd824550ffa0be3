package rankine.kernels;

/** A function of one number. */
public enum ActivationFunction {
  /** {@code x / (1 + e^-x)}, also called swish. */
  SILU,
  /**
   * The tanh form of GELU: {@code 0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³)))}; Hendrycks and
   * Gimpel 2016. Hugging Face's {@code gelu_new} and {@code gelu_pytorch_tanh}.
   */
  GELU_TANH,
  /** GELU itself: {@code 0.5 x (1 + erf(x / sqrt(2)))}. Hugging Face's {@code gelu}. */
  GELU_ERF,
  /** {@code max(x, 0)}. */
  RELU
}
