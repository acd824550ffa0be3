package rankine.tokenizer;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.Shown;
import rankine.common.TokenizerException;

/** Where tokenizers come from. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Reads the tokenizer in {@code folder}: tokenizer.json if it is there, else SentencePiece's
   * tokenizer.model, else GPT-2's vocab.json and merges.txt; beside it tokenizer_config.json, for
   * BOS, EOS and further tokens (where there is no tokenizer.json, also added_tokens.json). The ids
   * of BOS and EOS alone may come from a model's config.json, where no tokenizer file names them.
   * Other files are not looked at.
   *
   * @throws TokenizerException for files that are missing, broken, or ask for what is not
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
    } else if (files.has(VocabMerges.VOCAB) && files.has(VocabMerges.MERGES)) {
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

  private static Tokenizer assemble(
      TokenizerFiles files, TokenizerDefinition definition, TokenizerConfig config) {
    Vocabulary vocabulary = definition.model().vocabulary();
    AddedTokens added = new AddedTokens(vocabulary);
    String source = files.name(definition.source());
    definition.added().forEach(token -> added.add(token, source));
    if (!definition.source().equals(TokenizerJson.NAME)) {
      added.addFile(files); // tokenizer.json has these itself
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
   * The id of BOS or EOS: as tokenizer_config.json names it, else the main file, else config.json,
   * else what the template puts at that end.
   */
  private static OptionalInt id(
      TokenizerFiles files,
      TokenizerConfig config,
      String key,
      String content,
      int inTemplate,
      AddedTokens added) {
    Optional<String> named = config.named().get(key);
    if (named == null) {
      int byModel =
          content != null ? added.id(content) : TokenizerConfig.modelId(files, key + "_id");
      int id = added.has(byModel) ? byModel : inTemplate;
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
