package rankine.engine.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.RankineException;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.SketchOptions;

class PlanFileTest {
  private static final String VALID =
      """
      {"format": 1, "method": "anchored", "factored": "always", "edits": ["0:q_proj:rank=17"],
       "calibration": {"text": "a.txt", "sha256": "00", "context": 8, "windows": 2,
                       "sequential": "none", "anchor": 0.5}}
      """;

  @TempDir Path folder;

  private static EditPlan plan(EditMethod method, String... edits) {
    return new EditPlan(
        Stream.of(edits).map(Edit::parse).toList(),
        method,
        FactoredMode.ALWAYS,
        SketchOptions.standard(0),
        method.isCalibrated()
            ? Optional.of(
                new Calibration(
                    Path.of("texts/a.txt"), "00ff", 128, 9, Calibration.Sequential.GROUP, 0.25))
            : Optional.empty());
  }

  static List<EditPlan> plans() {
    return List.of(
        plan(EditMethod.EXACT, "0:q_proj:rank=17", "-1:mlp:0.950"),
        plan(EditMethod.ASVD, "-1:all:ratio=0.4x8"),
        plan(EditMethod.ANCHORED, "3:fc_out:ratio=0.2"),
        plan(EditMethod.ZERO, "1:all:0.5").withFactored(FactoredMode.NEVER),
        new EditPlan(
            List.of(Edit.parse("2:attn:0.5")),
            EditMethod.RANDOMIZED,
            FactoredMode.AUTO,
            new SketchOptions(
                SketchOptions.Preset.PAPER, OptionalInt.of(3), OptionalInt.empty(), 1L << 40)),
        plan(EditMethod.RANDOMIZED, "2:mlp:0.9").withSharedSketch(PruningRate.parse("0.55")));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("plan.json"), text);
  }

  @ParameterizedTest
  @MethodSource("plans")
  void aPlanIsReadAsItWasWritten(EditPlan plan) throws IOException {
    Path file = folder.resolve("plan.json");
    Files.write(file, PlanFile.bytes(plan));
    assertEquals(plan, PlanFile.read(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\": 1 | \"format\": 2 | format: expected an integer from 1 to 1, found 2",
        "anchored | best | method: expected one of exact, randomized,",
        "always | sometimes | factored: expected one of auto, always, never, found",
        "0:q_proj:rank=17 | 0:q_proj:rank=0 | edits[0]: expected an edit such as",
        "[\"0:q_proj:rank=17\"] | [] | edits: expected at least one edit, found none",
        "[\"0:q_proj:rank=17\"] | 3 | edits: expected an array, found 3",
        "\"windows\": 2, | \"windows\": 0, | calibration.windows: expected an integer from 1",
        "\"windows\": 2, | '' | calibration.windows: expected an integer from 1",
        "0.5 | 1.5 | calibration.anchor: expected a number from 0.0 to 1.0, found 1.5",
        "\"anchor\" | \"anker\" | calibration.anchor: expected a number",
        "anchored | exact | calibration: expected one of edits, factored, format, method, found",
        "anchored | magnitude | factored: expected auto or never with method magnitude, found",
        "anchored | randomized | sketch: expected an object, found nothing",
      })
  void badFiles(String valid, String bad, String message) throws IOException {
    Path file = file(VALID.replace(valid, bad));
    RankineException refused = assertThrows(RankineException.class, () -> PlanFile.read(file));
    assertEquals(1, refused.getMessage().lines().count());
    String start = file + ": " + message;
    assertEquals(
        start,
        refused.getMessage().substring(0, Math.min(start.length(), refused.getMessage().length())));
  }

  @Test
  void noFile() {
    Path none = folder.resolve("none.json");
    RankineException refused = assertThrows(RankineException.class, () -> PlanFile.read(none));
    assertEquals(none + ": cannot be read: no such file", refused.getMessage());
  }
}
