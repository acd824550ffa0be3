package rankine.engine.perplexity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.Collectors;
import rankine.common.TaskException;
import rankine.common.io.Sha256;
import rankine.common.io.TextFile;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.PromptIds;
import rankine.engine.stats.RatioBootstrap;

/**
 * The perplexity of a model on a text. The mean is over tokens, not over windows; the logarithm of
 * the softmax and all sums are float64.
 *
 * @param ids of the whole text as one stream, BOS first if the tokenizer's configuration adds it
 * @param windows number of windows
 * @param scored number of scored tokens; each once
 * @param nll sum of the negative log-likelihoods of the scored tokens, natural logarithm
 * @param interval of the perplexity, resampling windows
 * @param manifest what else the figures depend on
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Perplexity(
    TextFile text,
    int[] ids,
    WindowProtocol protocol,
    int windows,
    int scored,
    double nll,
    RatioBootstrap interval,
    ObjectNode manifest) {
  /** The context without {@code --context}, where the model has as much: usual in publications. */
  private static final int DEFAULT_CONTEXT = 2048;

  private static final String WHITE_SPACE = " \t\n\r\f\u000b";

  /**
   * Returns the context of a window where none is given: 2048, or all that the model has; with
   * LongRoPE what its short factors cover.
   */
  public static int defaultContext(LoadedModel loaded) {
    return Math.min(DEFAULT_CONTEXT, loaded.model().config().contextLength());
  }

  /**
   * Measures the perplexity of {@code loaded}, with the edits that it has.
   *
   * @param each receives every window and its negative log-likelihood
   * @param seed of the interval's resamples
   * @throws TaskException for a context that the model does not have, or a text that is too short
   * @throws rankine.common.ModelException for a window whose likelihood is not finite
   */
  public static Perplexity of(
      LoadedModel loaded,
      TextFile text,
      WindowProtocol protocol,
      long seed,
      ObjDoubleConsumer<TextWindow> each,
      ProgressListener progress) {
    return of(loaded, text, protocol, seed, each, progress, WindowScorer.of(loaded));
  }

  /** Measures by a scorer under {@code loaded}. */
  static Perplexity of(
      LoadedModel loaded,
      TextFile text,
      WindowProtocol protocol,
      long seed,
      ObjDoubleConsumer<TextWindow> each,
      ProgressListener progress,
      WindowScorer.GroupScorer scorer) {
    requireContext(loaded, protocol);
    if (text.text().isEmpty()) {
      throw new TaskException(text.name() + ": expected text, found an empty file");
    }
    int[] ids = PromptIds.of(loaded.tokenizer(), text.text());
    List<TextWindow> windows = protocol.over(ids.length, text.name());
    List<Double> nll = new ArrayList<>();
    new WindowScorer(ids, scorer)
        .score(
            windows,
            (window, value) -> {
              nll.add(value);
              each.accept(window, value);
            },
            progress);
    double[] sums = nll.stream().mapToDouble(Double::doubleValue).toArray();
    double[] counts = windows.stream().mapToDouble(TextWindow::scored).toArray();
    return new Perplexity(
        text,
        ids,
        protocol,
        windows.size(),
        windows.stream().mapToInt(TextWindow::scored).sum(),
        nll.stream().mapToDouble(Double::doubleValue).sum(),
        RatioBootstrap.of95(sums, counts, seed).mapped(StrictMath::exp),
        Manifest.of(loaded, Optional.of(loaded.tokenizer())));
  }

  /**
   * Refuses windows that are longer than the model's context.
   *
   * @throws TaskException that names both
   */
  public static void requireContext(LoadedModel loaded, WindowProtocol protocol) {
    int limit = loaded.model().longestContext();
    if (protocol.context() > limit) {
      throw new TaskException(
          "context: expected at most %d (the model's limit), found %d"
              .formatted(limit, protocol.context()));
    }
  }

  /** Returns the mean negative log-likelihood of a scored token. */
  public double nllPerToken() {
    return nll / scored;
  }

  /** Returns the exponential of {@link #nllPerToken}. */
  public double perplexity() {
    return StrictMath.exp(nllPerToken());
  }

  /**
   * Returns the sum in bits, per byte of the whole text. Only {@code rolling} scores every token;
   * in the other modes the first token of each window is missing from the sum.
   */
  public double bitsPerByte() {
    return nll / StrictMath.log(2) / text.bytes();
  }

  /** Returns the exponential of the sum per word of the whole text; infinite above 1e308. */
  public double wordPerplexity() {
    return StrictMath.exp(nll / words());
  }

  /** The whole result; keys in snake case. An infinite number is the text {@code "Infinity"}. */
  public ObjectNode toJson() {
    ObjectNode json = figures();
    json.set("manifest", manifest);
    return json;
  }

  /** The result without the manifest. */
  public ObjectNode figures() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("ids", ids.length)
        .put("windows", windows)
        .put("scored", scored)
        .put("sum_nll", nll)
        .put("nll_per_token", nllPerToken())
        .put("perplexity", perplexity())
        .put("bits_per_byte", bitsPerByte())
        .put("word_perplexity", wordPerplexity());
    json.set("interval", interval.toJson());
    json.set("protocol", protocol.toJson().put("bos", bos()));
    json.putObject("text")
        .put("name", text.name())
        .put("bytes", text.bytes())
        .put("words", words())
        .put("sha256", text.sha256())
        .put("ids_sha256", idsHash());
    return json;
  }

  /** Returns the number of words of the text: what white space separates. */
  public long words() {
    return new StringTokenizer(text.text(), WHITE_SPACE).countTokens();
  }

  /** Returns the SHA-256 of the decimal ids, joined by commas. */
  private String idsHash() {
    return Sha256.hex(
        Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(",")));
  }

  /** Returns how BOS is added, e.g. {@code bos 1}, once at the start of the text; {@code none}. */
  public String bos() {
    return manifest.at("/tokenizer/bos").textValue();
  }
}
