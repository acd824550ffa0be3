package rankine.tokenizer;

import java.util.List;

/**
 * Decodes tokens to text by a pipeline of steps; each step consumes the token stream of the step
 * before. The results equal those of Hugging Face tokenizers' decoders on the whole list of tokens.
 */
record Decoder(List<DecoderStep> steps) {
  Decoder {
    steps = List.copyOf(steps);
  }

  /** A step; {@link #start} creates its state for one text. */
  sealed interface DecoderStep {
    /**
     * Creates the state of this step for one text.
     *
     * @param next receives the step's output
     * @param streaming emit text as soon as its characters are known
     */
    DecoderState start(DecoderState next, boolean streaming);
  }

  /** Receives the tokens of one text in order, then its end. */
  interface DecoderState {
    /**
     * Receives one token.
     *
     * @param added whether it is an added token, whose text is not in the byte alphabet
     */
    void token(String token, boolean added);

    void end();
  }

  /** Starts all steps for one text; the last one appends to {@code out}. */
  DecoderState start(StringBuilder out, boolean streaming) {
    DecoderState state =
        new DecoderState() {
          @Override
          public void token(String token, boolean added) {
            out.append(token);
          }

          @Override
          public void end() {}
        };
    for (DecoderStep step : steps.reversed()) {
      state = step.start(state, streaming);
    }
    return state;
  }

  /** Decodes the {@link ByteAlphabet}. Keeps a token with any other character as it is. */
  record ByteLevelDecoder() implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new ByteLevelState(next);
    }
  }

  /** Replaces each match in each token with {@code content}. */
  record ReplaceDecoder(PatternFinder finder, String content) implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new DecoderState() {
        @Override
        public void token(String token, boolean added) {
          next.token(finder.replaceAll(token, content), added);
        }

        @Override
        public void end() {
          next.end();
        }
      };
    }
  }

  /**
   * Decodes runs of {@code <0xNN>} tokens as UTF-8.
   *
   * @param wholeRuns replace every byte of a run that is not valid UTF-8 by U+FFFD, as Hugging Face
   *     tokenizers does; otherwise, and always when streaming, replace only its ill-formed bytes,
   *     as SentencePiece does
   */
  record ByteFallbackDecoder(boolean wholeRuns) implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new ByteFallbackState(next, wholeRuns && !streaming);
    }
  }

  /** Fuses all tokens into one. Later steps treat the tokens that they receive as its parts. */
  record Fuse() implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return next;
    }
  }

  /** Strips {@code content} up to {@code count} times from the start of the fused text. */
  record StripStart(String content, int count) implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new StripState(next, content, count);
    }
  }

  /** Replaces metaspaces by spaces; if {@code prefix}, removes those of the first token. */
  record MetaspaceDecoder(String replacement, boolean prefix) implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new DecoderState() {
        private boolean first = true;

        @Override
        public void token(String token, boolean added) {
          next.token(token.replace(replacement, first && prefix ? "" : " "), added);
          first = false;
        }

        @Override
        public void end() {
          next.end();
        }
      };
    }
  }

  /** Puts a space between tokens: the default of a tokenizer without a decoder. */
  record SpaceBetween() implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new DecoderState() {
        private boolean first = true;

        @Override
        public void token(String token, boolean added) {
          next.token(first ? token : " " + token, added);
          first = false;
        }

        @Override
        public void end() {
          next.end();
        }
      };
    }
  }
}
