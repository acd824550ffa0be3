package rankine.engine.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.EditException;
import rankine.common.ModelException;
import rankine.common.TokenizerException;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.LoadedModel;
import rankine.kernels.DType;

/** Complete studies. */
class ProfileStudyTest {
  /** One sample per kernel: tests the structure of the result, not the times. */
  private static final TimingConfig SINGLE_SAMPLE = new TimingConfig(0, 0, 0, 1, 1, 1);

  private static String json(LoadedModel loaded, ProfileRequest request) {
    var json = Studies.run(loaded, request).toJson();
    json.remove("manifest"); // names the backend and its threads
    return json.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void sameBitsWithEveryNumberOfThreads(String backend) {
    ProfileRequest request =
        Studies.untimed(-1, "attn", EditMethod.EXACT, "0", "0.5", "0.9", "0.99");
    List<String> found = new ArrayList<>();
    for (int threads : new int[] {1, 2, 2}) {
      try (LoadedModel loaded = Studies.open("llama-bf16", backend, threads)) {
        found.add(json(loaded, request));
      }
    }
    assertEquals(found.get(0), found.get(1));
    assertEquals(found.get(1), found.get(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void backendsAgree(String model) {
    ProfileRequest request = Studies.untimed(1, "all", EditMethod.EXACT, "0.5", "0.9");
    List<ProfileResult> results = new ArrayList<>();
    for (String backend : List.of("scalar", "vector")) {
      try (LoadedModel loaded = Studies.open(model, backend, 1)) {
        results.add(Studies.run(loaded, request));
      }
    }
    for (int i = 0; i < results.get(0).matrices().size(); i++) {
      for (int r = 0; r < request.scope().variants().size(); r++) {
        MatrixProfile.AtRate a = results.get(0).matrices().get(i).rates().get(r);
        MatrixProfile.AtRate b = results.get(1).matrices().get(i).rates().get(r);
        assertEquals(a.relativeError(), b.relativeError(), 1e-6);
        assertEquals(a.output().dense().orElseThrow(), b.output().dense().orElseThrow(), 1e-5);
        assertEquals(
            a.output().factored().orElseThrow(), b.output().factored().orElseThrow(), 1e-5);
      }
    }
    for (int r = 0; r < request.scope().variants().size(); r++) {
      double a = results.get(0).effects().get(r).meanKl();
      assertEquals(a, results.get(1).effects().get(r).meanKl(), 1e-4 * (1 + a));
    }
  }

  @Test
  void profilesTheMatricesOfEveryLayer() {
    try (LoadedModel loaded = Studies.open("gptj-f16", "vector", 2)) {
      ProfileRequest request = Studies.untimed(-1, "mlp", EditMethod.ZERO, "0.5");
      int[] last = new int[2];
      ProfileResult found =
          Profile.run(
              loaded,
              request,
              (done, total) -> {
                assertEquals(last[0] + 1, done);
                last[0] = done;
                last[1] = total;
              });
      assertEquals(
          List.of(
              "0.fc_in",
              "0.fc_out",
              "1.fc_in",
              "1.fc_out",
              "2.fc_in",
              "2.fc_out",
              "3.fc_in",
              "3.fc_out"),
          found.matrices().stream().map(MatrixProfile::name).toList());
      assertEquals(last[1], last[0], "every step was counted");
      for (MatrixProfile matrix : found.matrices()) {
        assertEquals(1, matrix.rates().getFirst().relativeError());
        assertEquals(1, matrix.rates().getFirst().output().factored().orElseThrow());
      }
    }
  }

  @Test
  void kernelsOfEqualShapeAreTimedOnce() {
    try (LoadedModel loaded = Studies.open("gptj-f16", "vector", 2)) {
      ProfileRequest request =
          new ProfileRequest(
              1,
              ModuleSelection.of("all"),
              Studies.rates("0", "0.5", "0.9", "0.999"),
              Studies.plan(EditMethod.EXACT),
              new TextSource.IdsSource(Studies.IDS),
              Optional.of(new ProfileRequest.Timed(13, SINGLE_SAMPLE)));
      ProfileResult result = Studies.run(loaded, request);
      assertJson(result.toJson().get("kernels"));
      ProfileResult.Kernels found = result.kernels().orElseThrow();
      assertEquals(3, found.profiles().size(), "attention, in, out");
      KernelProfile attention = found.profiles().getFirst();
      assertEquals(List.of("1.q_proj", "1.k_proj", "1.v_proj", "1.out_proj"), attention.matrices());
      KernelProfile in = found.profiles().get(1);
      assertEquals(256, in.m());
      assertEquals(64, in.n());
      assertEquals(List.of(13, 1), in.phases().stream().map(KernelProfile.Phase::rows).toList());
      for (KernelProfile.Phase phase : in.phases()) {
        assertEquals(DType.F16, phase.original().dtype());
        assertEquals(DType.F32, phase.dense().dtype());
        assertEquals(2L * phase.rows() * 256 * 64, phase.dense().cost().flops());
        assertEquals(256 * 64 * 2, phase.dense().cost().bytes() - phase.original().cost().bytes());
        assertEquals(
            List.of(32, 6, 1), phase.ranks().stream().map(KernelProfile.AtRank::rank).toList());
        for (KernelProfile.AtRank at : phase.ranks()) {
          assertEquals(at.rank() < 51.2, at.autoFactored());
          assertEquals(
              at.factored().cost(),
              at.right().cost().plus(at.left().cost()),
              "the cost is the sum");
          for (KernelTime time : List.of(at.right(), at.left(), at.factored())) {
            assertTrue(time.timing().median() > 0);
            assertEquals(1, time.timing().repetitions());
            assertEquals(time.cost().flops() / time.timing().median(), time.flopsPerSecond(), 1e-3);
          }
        }
        assertEquals(51.2, phase.crossover().arithmetic(), 1e-9);
        assertTrue(phase.againstOriginal().isPresent(), "edited matrices are float32");
      }
    }
  }

  private static void assertJson(JsonNode kernels) {
    JsonNode shape = kernels.get("shapes").get(1);
    assertEquals("[256,64]", shape.get("shape").toString());
    assertEquals("F16", shape.get("dtype").get("original").textValue());
    assertEquals("F32", shape.get("dtype").get("edited").textValue());
    JsonNode decode = shape.get("phases").get(1);
    assertEquals("decode", decode.get("phase").textValue());
    JsonNode at = decode.get("ranks").get(0);
    assertEquals("[0.5]", at.get("rates").toString());
    assertEquals("factored", at.get("auto").textValue());
    assertTrue(at.get("auto_is_slower").isBoolean());
    assertTrue(List.of("dense", "factored", "either").contains(at.get("faster").textValue()));
    for (JsonNode time :
        List.of(
            decode.get("original"),
            decode.get("dense"),
            at.get("right"),
            at.get("left"),
            at.get("factored"))) {
      for (String key :
          List.of("flops", "bytes", "flops_per_byte", "flops_per_second", "bytes_per_second")) {
        assertTrue(time.get(key).doubleValue() > 0, key);
      }
      for (String key :
          List.of("median", "lower_quartile", "upper_quartile", "repetitions", "calls_each")) {
        assertTrue(time.get("seconds").get(key).doubleValue() > 0, key);
      }
    }
    assertTrue(decode.get("crossover").has("measured") && decode.get("crossover").has("above"));
    assertTrue(decode.get("crossover_against_original").get("steps").size() > 3);
  }

  @Test
  void methodsWithoutFactorsAreNotTimed() {
    try (LoadedModel loaded = Studies.open("gpt2-f32", "vector", 1)) {
      ProfileRequest request =
          new ProfileRequest(
              0,
              ModuleSelection.of("fc_in"),
              Studies.rates("0.5"),
              Studies.plan(EditMethod.MAGNITUDE),
              new TextSource.IdsSource(Studies.IDS),
              Optional.of(new ProfileRequest.Timed(4, SINGLE_SAMPLE)));
      ProfileResult found = Studies.run(loaded, request);
      assertTrue(found.kernels().isEmpty());
      assertFalse(found.toJson().has("kernels"));
    }
  }

  private static String refused(
      Class<? extends RuntimeException> type, LoadedModel loaded, TextSource text) {
    ProfileRequest request =
        new ProfileRequest(
            0,
            ModuleSelection.of("mlp"),
            Studies.rates("0.5"),
            Studies.plan(EditMethod.EXACT),
            text,
            Optional.empty());
    return assertThrows(type, () -> Profile.run(loaded, request, ProgressListener.NONE))
        .getMessage();
  }

  @Test
  void refusesInvalidTexts() {
    try (LoadedModel loaded = Studies.open("gpt2-f32", "vector", 1)) {
      String tooLong = refused(ModelException.class, loaded, new TextSource.IdsSource(new int[65]));
      assertTrue(tooLong.contains("64") && tooLong.contains("65"), tooLong);
      String unknown =
          refused(ModelException.class, loaded, new TextSource.IdsSource(new int[] {307}));
      assertTrue(unknown.contains("306") && unknown.contains("307"), unknown);
      String none = refused(TokenizerException.class, loaded, new TextSource.PromptSource("a"));
      assertTrue(none.contains("tokenizer.json"), none);
      refused(TokenizerException.class, loaded, new TextSource.BuiltInSource());
    }
  }

  @Test
  void refusesInvalidRequests() {
    try (LoadedModel loaded = Studies.open("gpt2-f32", "vector", 1)) {
      for (ProfileRequest request :
          List.of(
              Studies.untimed(3, "mlp", EditMethod.EXACT, "0.5"),
              Studies.untimed(0, "fc_up", EditMethod.EXACT, "0.5"))) {
        EditException e = assertThrows(EditException.class, () -> Studies.run(loaded, request));
        assertTrue(e.getMessage().contains("expected"), e.getMessage());
      }
    }
    assertThrows(
        EditException.class, () -> Studies.untimed(0, "mlp", EditMethod.EXACT, "0.5", "0.50"));
    assertThrows(EditException.class, () -> Studies.untimed(-2, "mlp", EditMethod.EXACT, "0.5"));
    assertThrows(EditException.class, () -> Studies.untimed(0, "mlp", EditMethod.EXACT));
  }
}
