package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.lowrank.ExactSvd;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.RandomizedSvd;
import rankine.engine.lowrank.Svd;
import rankine.engine.lowrank.SvdMethod;
import rankine.kernels.Backend;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/**
 * The bits of logits and of decompositions, as hashes that are the same on every processor: with
 * vectors of 512, 256 and 128 bits.
 */
class SameBitsTest {
  private static final String HASHES =
      """
      gpt2-f32 7e512ec72b9bf1ba
      gptj-f16 75cad45e4fcff1b0
      gpt_neox-f16 cdf1acb98eae5d0b
      opt-f16 455f98787fb4ec46
      llama-bf16 f2324c92f4dcc928
      mistral-bf16 baa0acab8da11ba0
      qwen2-bf16 f410b2f4a20258ad
      qwen3-f32 12f788a15a936bd6
      smollm3-bf16 6aee02e5103e3f75
      granite-bf16 cd0599cffc71b1de
      olmo2-f32 d9315b253c60af08
      phi3-f16 066d62fb872a0a3d
      cohere2-f16 ed36fb9cfa8cb623
      gemma-bf16 273fc67143ce7b27
      gemma2-f32 4f8aec9167809e55
      gemma3_text-bf16 6c364d5364b9be9a
      stories260K 2309409603f05ae7
      exact cdf18b08f8165513
      randomized 03e37c77e5030171
      """;

  @Test
  void onThisProcessor() throws IOException {
    assertEquals(HASHES, hashes());
  }

  /** Narrower vectors: the options are those of x86. */
  @Tag("thorough")
  @EnabledOnOs(architectures = "amd64")
  @ParameterizedTest
  @ValueSource(strings = {"-XX:UseAVX=2", "-XX:UseAVX=2 -XX:MaxVectorSize=16"})
  void withNarrowerVectors(String flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags.split(" ")));
    command.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            SameBitsTest.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String found = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(HASHES, found, flags);
  }

  /** Prints the hashes. */
  public static void main(String[] args) throws IOException {
    System.out.print(hashes());
  }

  private static String hashes() throws IOException {
    StringBuilder hashes = new StringBuilder();
    for (String name :
        Stream.concat(TestModels.all().stream(), Stream.of("stories260K")).toList()) {
      hashes.append(name).append(' ').append(logits(name)).append('\n');
    }
    Random random = new Random(1);
    float[] values = new float[150 * 208];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Matrix w = Matrix.of(values, 150, 208);
    hashes.append("exact ").append(svd(new ExactSvd(), w)).append('\n');
    RandomizedSvd randomized = new RandomizedSvd(RandomizedOptions.standard(20, 7));
    hashes.append("randomized ").append(svd(randomized, w)).append('\n');
    return hashes.toString();
  }

  /** Prefill, in one chunk and token by token, of every golden prompt. */
  private static String logits(String name) throws IOException {
    MessageDigest digest = sha256();
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend = CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      for (Golden.GoldenCase golden : Golden.cases(name)) {
        try (Session session = new Session(model, backend, 512, 1);
            KvCache cache = session.sequence()) {
          add(digest, session.logits(cache, golden.ids()));
          add(digest, session.logits(cache, new int[] {golden.greedy()[0]}));
        }
      }
    }
    return hash(digest);
  }

  private static String svd(SvdMethod method, Matrix w) {
    MessageDigest digest = sha256();
    try (Backend backend = CpuBackend.vector(2)) {
      Svd svd = method.decompose("w", w, backend);
      ByteBuffer bytes = ByteBuffer.allocate(8 * svd.s().length);
      bytes.asDoubleBuffer().put(svd.s());
      digest.update(bytes);
      add(digest, svd.u());
      add(digest, svd.v());
    }
    return hash(digest);
  }

  private static void add(MessageDigest digest, Matrix w) {
    float[] values = new float[w.rows() * w.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = w.get(i / w.cols(), i % w.cols());
    }
    add(digest, values);
  }

  private static void add(MessageDigest digest, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    digest.update(bytes);
  }

  private static String hash(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
