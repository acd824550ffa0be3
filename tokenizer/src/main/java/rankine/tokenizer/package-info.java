/**
 * Text to token ids and back. Knows nothing of models, weights or tasks.
 *
 * <p>{@link rankine.tokenizer.Tokenizers} reads a tokenizer's files; {@link
 * rankine.tokenizer.Tokenizer} and {@link rankine.tokenizer.StreamingDecoder} are what others use;
 * a fault of the files is a {@link rankine.common.TokenizerException}. Everything else is within
 * the package: one class for each file format and for each step (added tokens, normalizer,
 * pre-tokenizer, byte-pair encoding, decoder). What a file asks for and is not here is refused by
 * name, never passed over.
 */
package rankine.tokenizer;
