/** Text to token ids and back. Knows nothing of models, weights or tasks. */
package rankine.tokenizer;
