package rankine.engine.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.io.TextFile;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.perplexity.WindowMode;
import rankine.engine.perplexity.WindowProtocol;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** Whole-model compression against golden perplexities (float64, numpy and PyTorch). */
class GoldenCompressionTest {
  /** The bar of issue 21 for compressed models. */
  private static final double TOLERANCE = 2e-3;

  private static JsonNode table(String model) throws IOException {
    JsonNode all = new ObjectMapper().readTree(TestData.text("golden_compress.json").toFile());
    return all.get("tables")
        .valueStream()
        .filter(table -> table.get("model").textValue().endsWith(model))
        .findFirst()
        .orElseThrow();
  }

  private static LoadedModel open(String model) {
    Path folder =
        model.equals("checkpoint") ? TestData.demo().resolve("checkpoint") : TestData.model(model);
    return LoadedModel.open(folder, new BackendOptions("vector", 0, 2, false));
  }

  /** The plan of a golden row; {@code method} and {@code sequential} in the file's words. */
  private static EditPlan plan(JsonNode table, String method, String sequential, String edit) {
    boolean anchored = sequential.startsWith("anchored");
    EditMethod chosen =
        anchored
            ? EditMethod.ANCHORED
            : method.equals("svd")
                ? EditMethod.EXACT
                : EditMethod.valueOf(method.toUpperCase(Locale.ROOT));
    JsonNode calibration = table.get("calibration");
    return new EditPlan(
        List.of(Edit.parse(edit)),
        chosen,
        FactoredMode.AUTO,
        SketchOptions.standard(0),
        chosen.isCalibrated()
            ? Optional.of(
                Calibration.of(
                    TestData.text(calibration.get("text").textValue()),
                    calibration.get("context").intValue(),
                    calibration.get("windows").intValue(),
                    anchored
                        ? Calibration.Sequential.GROUP
                        : Calibration.Sequential.valueOf(sequential.toUpperCase(Locale.ROOT)),
                    anchored ? Double.parseDouble(sequential.substring(9)) : 0.5))
            : Optional.empty());
  }

  private static double perplexity(JsonNode table, LoadedModel edited) {
    JsonNode test = table.get("test");
    return Perplexity.of(
            edited,
            TextFile.read(TestData.text(test.get("text").textValue())),
            new WindowProtocol(
                test.get("context").intValue(), test.get("stride").intValue(), WindowMode.KEEP),
            0,
            (window, nll) -> {},
            ProgressListener.NONE)
        .perplexity();
  }

  /** {@code 3.q_proj} in the words of the golden file: {@code 3.q}. */
  private static String matrixName(String name) {
    return name.replace("_proj", "");
  }

  @ParameterizedTest
  @CsvSource({
    "checkpoint, asvd, none, 0.8",
    "checkpoint, whitened, group, 0.8",
  })
  void methods(String model, String method, String sequential, double ratio) throws IOException {
    check(model, method, sequential, ratio, 1);
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({
    "stories260K, whitened, anchored 0.5, 0.4, 1",
    "checkpoint, whitened, none, 0.9, 1",
    "checkpoint, whitened, block, 0.8, 1",
  })
  void otherRatios(String model, String method, String sequential, double ratio, int multiple)
      throws IOException {
    check(model, method, sequential, ratio, multiple);
  }

  /** Every row of one ratio per model, but those of methods that Rankine does not have. */
  @Tag("thorough") // the rows of the other ratios take another minute
  @ParameterizedTest
  @MethodSource("rows")
  void everyRow(String model, String method, String sequential, double ratio, int multiple)
      throws IOException {
    check(model, method, sequential, ratio, multiple);
  }

  static List<Arguments> rows() throws IOException {
    List<Arguments> rows = new ArrayList<>();
    for (String model : List.of("stories260K", "checkpoint")) {
      for (JsonNode row : table(model).get("rows")) {
        String method = row.get("method").textValue();
        if (List.of("svd", "asvd", "whitened").contains(method)
            && List.of(0.2, 0.8).contains(row.get("ratio").doubleValue())) {
          rows.add(
              Arguments.of(
                  model,
                  method,
                  row.get("sequential").textValue(),
                  row.get("ratio").doubleValue(),
                  row.get("multiple").intValue()));
        }
      }
    }
    return rows;
  }

  private static void check(
      String model, String method, String sequential, double ratio, int multiple)
      throws IOException {
    JsonNode table = table(model);
    JsonNode row =
        table
            .get("rows")
            .valueStream()
            .filter(
                r ->
                    r.get("method").textValue().equals(method)
                        && r.get("sequential").textValue().equals(sequential)
                        && r.get("ratio").doubleValue() == ratio
                        && r.get("multiple").intValue() == multiple)
            .findFirst()
            .orElseThrow();
    try (LoadedModel loaded = open(model)) {
      EditPlan plan =
          plan(table, method, sequential, "-1:all:ratio=%sx%d".formatted(ratio, multiple));
      // The table counts every matrix as its factors, also where they are larger than the matrix.
      EditPlan factored = plan.withFactored(FactoredMode.ALWAYS);
      assertEquals(
          row.get("removed").doubleValue(),
          factored.removed(loaded.original()).orElseThrow(),
          1e-12);
      List<String> matrices = new ArrayList<>();
      LoadedModel edited =
          loaded.edited(
              plan,
              (name, rank, error, done, total) -> {
                JsonNode golden = row.get("matrices").get(matrixName(name));
                assertEquals(golden.get(0).intValue(), rank, name);
                error.ifPresent(e -> assertEquals(golden.get(1).doubleValue(), e, 1e-4, name));
                matrices.add(name);
              });
      if (plan.method().isCalibrated()) {
        assertEquals(row.get("matrices").size(), matrices.size());
      }
      double expected = row.get("perplexity").doubleValue();
      assertEquals(expected, perplexity(table, edited), TOLERANCE * expected, row::toString);
    }
  }
}
