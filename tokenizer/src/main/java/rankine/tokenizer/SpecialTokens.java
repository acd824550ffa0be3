package rankine.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import rankine.common.TokenizerException;

/**
 * The ids of BOS and EOS, and the ids that encoding adds.
 *
 * @param before ids added before a text, in order
 * @param after ids added after a text, in order
 */
record SpecialTokens(OptionalInt bos, OptionalInt eos, List<Integer> before, List<Integer> after) {
  SpecialTokens {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /**
   * Applies {@code add_bos_token} and {@code add_eos_token} of tokenizer_config.json to the
   * template of the main file; an absent option keeps the template.
   */
  static SpecialTokens of(
      TokenizerConfig config, SpecialTokenTemplate template, OptionalInt bos, OptionalInt eos) {
    List<Integer> before = new ArrayList<>(template.before());
    List<Integer> after = new ArrayList<>(template.after());
    if (config.addBos().isPresent()) {
      before.removeIf(id -> bos.isPresent() && id == bos.getAsInt());
      if (config.addBos().get()) {
        before.addFirst(required(config, "add_bos_token", bos));
      }
    }
    if (config.addEos().isPresent()) {
      after.removeIf(id -> eos.isPresent() && id == eos.getAsInt());
      if (config.addEos().get()) {
        after.addLast(required(config, "add_eos_token", eos));
      }
    }
    return new SpecialTokens(bos, eos, before, after);
  }

  private static int required(TokenizerConfig config, String key, OptionalInt id) {
    return id.orElseThrow(
        () ->
            TokenizerException.of(
                config.file(), key, "a token to add", "true, but no such token is named"));
  }

  boolean addsBos() {
    return bos.isPresent() && !before.isEmpty() && before.getFirst() == bos.getAsInt();
  }

  boolean addsEos() {
    return eos.isPresent() && !after.isEmpty() && after.getLast() == eos.getAsInt();
  }

  /** Describes BOS and EOS in words, for people and manifests. */
  String describe(IntFunction<String> piece) {
    return describe("BOS", bos, addsBos(), piece) + ", " + describe("EOS", eos, addsEos(), piece);
  }

  private static String describe(
      String name, OptionalInt id, boolean added, IntFunction<String> piece) {
    if (id.isEmpty()) {
      return "no " + name;
    }
    return String.format(
        Locale.ROOT,
        "%s %s (%d) %s",
        name,
        piece.apply(id.getAsInt()),
        id.getAsInt(),
        added ? "added" : "not added");
  }
}
