package rankine.benchmarks;

import java.util.List;

/** What PyTorch stores weights in and computes products in. */
enum TorchPrecision {
  F16,
  BF16,
  /** float32 throughout, without tensor cores. */
  F32,
  /** float32 weights; products of TensorFloat-32, on CUDA only. */
  TF32;

  /** Those that a device has, the ones with fewer bytes first: they may fit where others do not. */
  static List<TorchPrecision> on(String torchDevice) {
    return torchDevice.equals("cpu") ? List.of(F32, BF16, F16) : List.of(values());
  }

  /**
   * Largest accepted difference of logits, relative to the largest: BF16 has three bits fewer than
   * F16 and TF32, and rounds after every operation.
   */
  double maxDifference() {
    return this == BF16 ? 0.08 : Rival.MAX_DIFFERENCE;
  }
}
