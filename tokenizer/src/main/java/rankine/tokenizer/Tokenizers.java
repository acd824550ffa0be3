package rankine.tokenizer;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;

/** Loads tokenizers from files. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Loads the tokenizer in {@code folder}: tokenizer.json if it exists, else SentencePiece's
   * tokenizer.model, else GPT-2's vocab.json and merges.txt. BOS, EOS and further added tokens come
   * from tokenizer_config.json (without a tokenizer.json, also from added_tokens.json). If no
   * tokenizer file names BOS or EOS, their ids come from the model's config.json. Ignores all other
   * files.
   *
   * @throws TokenizerException for files that are missing, invalid, or use an option that is not
   *     implemented
   */
  public static Tokenizer load(Path folder) {
    TokenizerFiles files = new TokenizerFiles(folder);
    TokenizerConfig config;
    TokenizerDefinition definition;
    if (files.has(TokenizerJson.NAME)) {
      definition = TokenizerJson.read(files);
      config = TokenizerConfig.read(files);
    } else if (files.has(SentencePiece.NAME)) {
      config = TokenizerConfig.read(files);
      definition = SentencePiece.read(files, config);
    } else if (VocabMerges.areIn(files)) {
      config = TokenizerConfig.read(files);
      definition = VocabMerges.read(files, config);
    } else {
      throw TokenizerException.of(
          folder.toString(),
          "",
          "tokenizer.json, tokenizer.model, or vocab.json and merges.txt",
          files.isFolder() ? "none of them" : "no such folder");
    }
    return assemble(files, definition, config);
  }

  /** Returns whether {@link #load} finds a tokenizer's main file in {@code folder}. */
  public static boolean areIn(Path folder) {
    TokenizerFiles files = new TokenizerFiles(folder);
    return files.has(TokenizerJson.NAME)
        || files.has(SentencePiece.NAME)
        || VocabMerges.areIn(files);
  }

  private static Tokenizer assemble(
      TokenizerFiles files, TokenizerDefinition definition, TokenizerConfig config) {
    Vocabulary vocabulary = definition.model().vocabulary();
    AddedTokens added = new AddedTokens(vocabulary);
    String source = files.name(definition.source());
    definition.added().forEach(token -> added.add(token, source));
    if (!definition.source().equals(TokenizerJson.NAME)) {
      added.addFile(files); // tokenizer.json contains its own added tokens
    }
    config.added().forEach(token -> added.add(token, config.file()));
    for (Optional<String> named : config.named().values()) {
      named.ifPresent(added::nameSpecial);
    }
    SpecialTokenTemplate template = definition.template();
    template.before().forEach(id -> added.require(id, source));
    template.after().forEach(id -> added.require(id, source));
    int first = template.before().isEmpty() ? -1 : template.before().getFirst();
    int last = template.after().isEmpty() ? -1 : template.after().getLast();
    OptionalInt bos = id(files, config, TokenizerConfig.BOS, definition.bos(), first, added);
    OptionalInt eos = id(files, config, TokenizerConfig.EOS, definition.eos(), last, added);
    SpecialTokens special = SpecialTokens.of(config, template, bos, eos);
    return new BpeTokenizer(definition, added.tokens(), special, files.hash());
  }

  /**
   * The id of BOS or EOS, from the first of: tokenizer_config.json, the main file, config.json, the
   * template's token at that end.
   */
  private static OptionalInt id(
      TokenizerFiles files,
      TokenizerConfig config,
      String key,
      String content,
      int templateId,
      AddedTokens added) {
    Optional<String> named = config.named().get(key);
    if (named == null) {
      int modelId =
          content != null ? added.id(content) : TokenizerConfig.modelId(files, key + "_id");
      int id = added.has(modelId) ? modelId : templateId;
      return id >= 0 ? OptionalInt.of(id) : OptionalInt.empty();
    }
    if (named.isEmpty()) {
      return OptionalInt.empty();
    }
    int id = added.id(named.get());
    if (id < 0) {
      throw TokenizerException.of(
          config.file(), key, "a token of the vocabulary", Shown.quote(named.get()));
    }
    return OptionalInt.of(id);
  }
}
