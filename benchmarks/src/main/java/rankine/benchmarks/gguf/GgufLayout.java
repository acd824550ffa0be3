package rankine.benchmarks.gguf;

import java.util.List;
import java.util.Map;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.NewTensor;

/** llama.cpp's layout of one architecture. */
sealed interface GgufLayout permits Gpt2Gguf, LlamaGguf {
  /** The metadata: sizes and settings, no tokenizer. */
  Map<String, GgufValue> metadata();

  /** The tensors under llama.cpp's names, in its element order. */
  List<NewTensor> tensors(Checkpoint checkpoint);
}
