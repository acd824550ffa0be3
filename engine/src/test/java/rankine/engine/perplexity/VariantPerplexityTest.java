package rankine.engine.perplexity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.io.TextFile;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.VariantScorers;
import rankine.testdata.TestData;

class VariantPerplexityTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 2, false);

  @TempDir Path folder;

  private static EditPlan plan(String... edits) {
    return new EditPlan(
        Stream.of(edits).map(Edit::parse).toList(), EditMethod.EXACT, FactoredMode.AUTO, 0);
  }

  private TextFile text(String name, int from) throws IOException {
    String all = Files.readString(TestData.text("stories-test.txt"));
    return TextFile.read(Files.writeString(folder.resolve(name), all.substring(from, from + 1300)));
  }

  /** What is kept, in memory or in files, changes no bit of any window, whatever the order. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 20})
  void equalsReadingAnew(long budget) throws IOException {
    List<EditPlan> plans =
        List.of(
            EditPlan.NONE,
            plan("0:q_proj:0.5"), // the first linear layer: nothing is kept
            plan("1:mlp:0.5", "3:q_proj:0.95"),
            plan("3:fc_out:0.75"),
            plan("3:fc_out:0.9"),
            plan("1:attn:0.9"), // starts again from the embedding
            EditPlan.NONE);
    List<TextFile> texts = List.of(text("a.txt", 0), text("b.txt", 3000));
    WindowProtocol protocol = new WindowProtocol(96, 64, WindowMode.KEEP);
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU);
        VariantPerplexity variants =
            new VariantPerplexity(
                loaded, List.of(Edit.parse("1:attn:0.75")), new ActivationBudget(budget))) {
      for (EditPlan plan : plans) {
        LoadedModel variant = loaded.edited(plan);
        for (TextFile text : texts) {
          List<Double> alone = new ArrayList<>();
          List<Double> found = new ArrayList<>();
          ObjDoubleConsumer<TextWindow> expect = (window, nll) -> alone.add(nll);
          Perplexity anew =
              Perplexity.of(variant, text, protocol, 0, expect, ProgressListener.NONE);
          Perplexity kept =
              variants.of(
                  variant,
                  text,
                  protocol,
                  0,
                  (window, nll) -> found.add(nll),
                  ProgressListener.NONE);
          assertEquals(alone, found, plan.toString());
          assertEquals(anew.toJson(), kept.toJson(), plan.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0:q_proj:0.5", "-1:all:0.5", "0:k_proj:0.5", "2:q_proj:0.5"})
  void onlyLayersBeforeAnEditAreShared(String edit) {
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU);
        VariantScorers<String> scorers =
            new VariantScorers<>(
                loaded, List.of(Edit.parse("4:mlp:0.5")), new ActivationBudget(0))) {
      boolean first = edit.startsWith("0:q") || edit.startsWith("-1");
      assertEquals(!first, scorers.isShared(loaded.edited(plan(edit))));
      assertTrue(scorers.isShared(loaded), "the unedited model, before edits of layer 4");
    }
  }
}
