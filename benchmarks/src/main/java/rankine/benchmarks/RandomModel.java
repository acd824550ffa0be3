package rankine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import rankine.common.io.AtomicFile;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.SafetensorsWriter;

/**
 * A checkpoint of random weights in Hugging Face's layout: config.json and model.safetensors, no
 * tokenizer.
 */
public sealed interface RandomModel
    permits RandomCheckpoint, RandomGpt2, RandomLlama, RepeatedGptJ {
  /** A folder name that states the sizes. */
  String name();

  /** The vocabulary size. */
  int vocab();

  /** The contents of config.json. */
  ObjectNode config();

  /** The tensors of model.safetensors; equal sizes and seeds give equal values. */
  List<NewTensor> tensors();

  /** Writes the checkpoint to {@code directory}, config.json last. */
  default void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), Map.of(), tensors());
    AtomicFile.write(
        directory.resolve("config.json"),
        unfinished ->
            new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(unfinished.toFile(), config()));
  }
}
