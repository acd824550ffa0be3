/**
 * Tokenizers: text to token ids and back. No model, weight or task code belongs here.
 *
 * <p>{@link rankine.tokenizer.Tokenizers} loads a tokenizer's files; {@link
 * rankine.tokenizer.Tokenizer} and {@link rankine.tokenizer.StreamingDecoder} are the public
 * interface; an error in the files is a {@link rankine.common.TokenizerException}. Everything else
 * is package-private.
 *
 * <p>In reading order: {@code TokenizerJson}, {@code SentencePiece} and {@code VocabMerges} read
 * the three file formats, each into a {@code TokenizerDefinition}; {@code BpeTokenizer} runs its
 * pipeline: {@code AddedTokenMatcher}, {@code Normalizer}, {@code PreTokenizer}, {@code BpeModel},
 * and {@code Decoder} for the way back. A component or option that is not implemented is refused by
 * name, never ignored.
 */
package rankine.tokenizer;
