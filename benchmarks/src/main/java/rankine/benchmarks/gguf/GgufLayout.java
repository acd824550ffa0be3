package rankine.benchmarks.gguf;

import java.util.List;
import java.util.Map;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.NewTensor;

/** How llama.cpp wants one architecture to be stored. */
sealed interface GgufLayout permits Gpt2Gguf, LlamaGguf {
  /** Sizes and settings; no tokenizer. */
  Map<String, GgufValue> metadata();

  /** The tensors under llama.cpp's names, in its order of elements. */
  List<NewTensor> tensors(Checkpoint checkpoint);
}
