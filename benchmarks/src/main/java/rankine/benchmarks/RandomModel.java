package rankine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import rankine.common.AtomicFile;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.SafetensorsWriter;

/**
 * A checkpoint of random weights, as Hugging Face's classes would store it: config.json and
 * model.safetensors. No tokenizer.
 */
public sealed interface RandomModel permits RandomCheckpoint, RandomGpt2, RandomLlama {
  /** A folder name that says what is in it. */
  String name();

  /** Ids from 0 to this, exclusive. */
  int vocab();

  /** What config.json says. */
  ObjectNode config();

  /** What model.safetensors holds; the same for the same sizes and seed. */
  List<NewTensor> tensors();

  /** Writes the checkpoint to {@code directory}; config.json comes last. */
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
