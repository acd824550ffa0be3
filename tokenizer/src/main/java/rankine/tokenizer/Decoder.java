package rankine.tokenizer;

import java.util.List;

/**
 * How tokens become text: steps, each of which takes the tokens of the one before as they come. The
 * results are those of Hugging Face tokenizers' decoders for the whole list of tokens.
 */
record Decoder(List<DecoderStep> steps) {
  Decoder {
    steps = List.copyOf(steps);
  }

  /** One kind of step; {@link #start} gives its state for one text. */
  sealed interface DecoderStep {
    /**
     * A fresh stage.
     *
     * @param streaming text is passed on as soon as its characters are known
     */
    DecoderState start(DecoderState next, boolean streaming);
  }

  /** Takes one text's tokens in order, and its end. */
  interface DecoderState {
    /**
     * Takes one token.
     *
     * @param added whether this is an added token, whose text the byte alphabet has no part in
     */
    void token(String token, boolean added);

    void end();
  }

  /** Stages that end in {@code out}. */
  DecoderState start(StringBuilder out, boolean streaming) {
    DecoderState stage =
        new DecoderState() {
          @Override
          public void token(String token, boolean added) {
            out.append(token);
          }

          @Override
          public void end() {}
        };
    for (DecoderStep step : steps.reversed()) {
      stage = step.start(stage, streaming);
    }
    return stage;
  }

  /** From the {@link ByteAlphabet} to text. A token that is not all of it stands for itself. */
  record ByteLevelDecoder() implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new ByteLevelStage(next);
    }
  }

  /** Replaces in each token. */
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
   * {@code <0xNN>} tokens to the characters whose UTF-8 they are.
   *
   * @param wholeRuns a run of such tokens that is not all UTF-8 becomes U+FFFD throughout, as in
   *     Hugging Face tokenizers; otherwise, and always when streaming, only its bad bytes do, as in
   *     SentencePiece
   */
  record ByteFallbackDecoder(boolean wholeRuns) implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new ByteFallbackStage(next, wholeRuns && !streaming);
    }
  }

  /** Makes one token of all. The steps after it treat what they are given as its parts. */
  record Fuse() implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return next;
    }
  }

  /** Takes up to {@code count} times {@code content} off the beginning of the fused text. */
  record StripStart(String content, int count) implements DecoderStep {
    @Override
    public DecoderState start(DecoderState next, boolean streaming) {
      return new StripStage(next, content, count);
    }
  }

  /** Metaspaces to spaces; in the first token they are dropped if there is a prefix to drop. */
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

  /** A space between tokens: what a tokenizer without a decoder does. */
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
