package rankine.engine.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** The context and the budget of the prefix cache that a heap allows. */
class ServingOptionsTest {
  @Test
  void theContextFitsHalfOfTheHeap() {
    try (LoadedModel model =
        LoadedModel.open(TestData.model("stories260K"), new BackendOptions("scalar", 0, 1))) {
      assertEquals(512, options(1).contextLength(model));
      long perSequence = model.model().cacheBytes(512);
      long half = model.limits().heap() / 2;
      // This many sequences, each as long as the model's context, need more than half of the heap.
      int many = (int) (half / perSequence) + 1;
      assertEquals(256, options(many).contextLength(model));
      assertTrue(many * model.model().cacheBytes(256) <= half);
      assertEquals(Math.min(256L << 20, model.limits().heap() / 8), options(1).prefixLimit(model));
    }
  }

  private static ServingOptions options(int parallel) {
    return new ServingOptions(parallel, OptionalInt.empty(), 0, OptionalLong.empty());
  }
}
