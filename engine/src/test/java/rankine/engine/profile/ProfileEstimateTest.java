package rankine.engine.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** Estimates of a profile of the built-in checkpoint, of 6 layers and 96 features. */
class ProfileEstimateTest {
  private static LoadedModel open() {
    return LoadedModel.open(
        TestData.demo().resolve("checkpoint"), new BackendOptions("vector", 0, 2));
  }

  /** At one operation per second. */
  @Test
  void forwardPassesAreCounted() {
    try (LoadedModel loaded = open()) {
      ProfileRequest request = Studies.untimed(1, "q_proj", EditMethod.ZERO, "0.5", "0.9");
      double token = 2 * 6 * (4 * 96 * 96 + 2 * 96 * 384);
      double head = 2 * 96 * 1024;
      int positions = Studies.IDS.length;
      ProfileEstimate estimate = ProfileEstimate.of(loaded, request).apply(1);
      // The plain model and two others; and two of six layers for the inputs of the matrix.
      assertEquals(
          3 * positions * (token + head) + positions * token * 2 / 6, estimate.forward(), 1e-3);
      assertEquals(0, estimate.timing());
    }
  }

  @Test
  void morePreciseTimesTakeLonger() {
    try (LoadedModel loaded = open()) {
      assertTrue(timing(loaded, TimingConfig.QUICK) > 4 * TimingConfig.QUICK.firstWarmUp());
      assertTrue(timing(loaded, TimingConfig.STANDARD) > timing(loaded, TimingConfig.QUICK));
    }
  }

  private static double timing(LoadedModel loaded, TimingConfig config) {
    ProfileRequest request =
        new ProfileRequest(
            5,
            ModuleSelection.of("mlp"),
            Studies.rates("0.5", "0.9"),
            Studies.plan(EditMethod.EXACT),
            new TextSource.IdsSource(Studies.IDS),
            Optional.of(new ProfileRequest.Timed(256, config)));
    return ProfileEstimate.of(loaded, request).apply(1e11).timing();
  }
}
