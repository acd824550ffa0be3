package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import rankine.common.RunException;
import rankine.common.io.Shown;
import rankine.common.io.TextFile;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.perplexity.WindowProtocol;

/**
 * A text to choose rates on, another to test them on, and the windows over both.
 *
 * @param pair the names of the files, without their folders
 */
public record TextData(TextPair pair, TextFile validation, TextFile test, WindowProtocol protocol)
    implements BenchmarkData {
  /** Refuses the same text twice: the test would be part of the choice. */
  public TextData {
    if (validation.sha256().equals(test.sha256())) {
      throw new RunException(
          "test text: expected another text than the validation text, found the same");
    }
  }

  /**
   * Reads the texts.
   *
   * @throws rankine.common.TaskException as in {@link TextFile#read}
   */
  public static TextData read(Path validation, Path test, WindowProtocol protocol) {
    return new TextData(
        new TextPair(Shown.file(validation), Shown.file(test)),
        TextFile.read(validation),
        TextFile.read(test),
        protocol);
  }

  @Override
  public TextPair benchmark() {
    return pair;
  }

  /** Adds the names, and {@code protocol}. */
  @Override
  public void addTo(ObjectNode json) {
    pair.addTo(json);
    json.set("protocol", protocol.toJson());
  }

  /** The text of a split. */
  TextFile text(EvaluationSplit split) {
    return switch (split) {
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }
}
