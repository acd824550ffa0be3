package rankine.tokenizer;

import java.util.List;

/**
 * A tokenizer as its main file defines it.
 *
 * @param source the file or files, for messages and {@link Tokenizer#describe}
 * @param kind the algorithm, in words
 * @param bos content of the token that begins a text, or null where the file does not say
 * @param eos content of the token that ends a text, or null where the file does not say
 * @param template ids put around a text where tokenizer_config.json does not say otherwise
 */
record TokenizerDefinition(
    String source,
    String kind,
    BpeModel model,
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    Decoder decoder,
    List<AddedToken> added,
    String bos,
    String eos,
    SpecialTokenTemplate template) {
  TokenizerDefinition {
    added = List.copyOf(added);
  }
}
