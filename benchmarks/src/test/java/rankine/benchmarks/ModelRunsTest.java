package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.kernels.DType;

/** A rival with equal logits, one with other logits, and two that are not installed. */
class ModelRunsTest {
  private static final RandomModel MODEL = new RandomLlama(1, 32, 2, 1, 48, 60, 512, DType.F16, 1);

  @TempDir Path folder;

  /** Rankine under another name; {@code edit} is a sed command applied to its answers. */
  private static Rival twin(Contender ours, String name, String edit) {
    String command = "\"$@\" | sed -u -e s/Rankine/" + name + "/ -e '" + edit + "'";
    List<String> words = new ArrayList<>(List.of("sh", "-c", command, "sh"));
    words.addAll(ours.command());
    return new Rival(new Contender(name, words, Map.of()), "≥ 1", "≥ 2");
  }

  @Tag("thorough")
  @Test
  void onlyRivalsThatAgreeGetRatios() throws IOException {
    MODEL.write(folder);
    List<String> flags = List.of("-XX:+UseSerialGC", "-Xmx128m", "-XX:TieredStopAtLevel=1");
    Contenders contenders = new Contenders(1, "scalar", 0, "cpu", flags, "/no/such/python", folder);
    Contender ours = contenders.engine(folder);
    Results results = new Results();
    new ModelRuns(contenders, new Interleaved(1, 1, 0, 0), results)
        .run(
            "Tiny",
            MODEL,
            folder,
            List.of(
                twin(ours, "Twin", ""),
                twin(ours, "Other", "s/\"logits\":\\[[^,]*,/\"logits\":[9.5,/"),
                new Rival(contenders.llamaCpp(folder), "", ""),
                new Rival(contenders.jlama(folder), "", "")));
    assertEquals(List.of("Rankine", "Twin", "Other"), List.copyOf(results.contenders().keySet()));
    assertEquals(
        List.of("Tiny, prefill 440 tokens", "Tiny, decode 64 tokens after 128"),
        results.ratios().stream().map(r -> r.ours().what()).toList());
    assertTrue(results.ratios().stream().allMatch(r -> r.against().contender().equals("Twin")));
    assertEquals("≥ 2", results.ratios().getLast().goal().orElseThrow());
    assertTrue(
        results.remarks().getFirst().contains("Twin after the prefill: max |Δ logit| 0.0,"),
        results.remarks().toString());
    assertTrue(
        results.remarks().getLast().endsWith("**It computes something else: no ratio.**"),
        results.remarks().toString());
  }
}
