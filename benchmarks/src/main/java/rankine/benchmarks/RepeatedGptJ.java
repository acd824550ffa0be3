package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.checkpoint.NewTensor;

/**
 * A large GPT-J for benchmarks, whose tensors repeat {@link RandomTensors#PERIOD} random values:
 * written at the speed of the disk, where drawing 6·10⁹ of them would take minutes. The period is
 * prime, so no two rows of a matrix are equal.
 */
record RepeatedGptJ(RandomCheckpoint sizes) implements RandomModel {
  @Override
  public String name() {
    return sizes.name() + "-repeated";
  }

  @Override
  public int vocab() {
    return sizes.vocab();
  }

  @Override
  public ObjectNode config() {
    return sizes.config();
  }

  @Override
  public List<NewTensor> tensors() {
    return sizes.tensors(RandomTensors.repeated(sizes.dtype(), sizes.seed()));
  }
}
