package rankine.tokenizer;

import java.util.List;

/**
 * A tokenizer as defined by its main file.
 *
 * @param source name of the file or files, for messages and {@link Tokenizer#describe}
 * @param kind name of the algorithm, for {@link Tokenizer#describe}
 * @param bos content of the BOS token, or null if the file does not name it
 * @param eos content of the EOS token, or null if the file does not name it
 * @param template ids added around a text unless tokenizer_config.json overrides it
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
