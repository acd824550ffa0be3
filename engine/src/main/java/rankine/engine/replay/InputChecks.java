package rankine.engine.replay;

import java.util.List;
import rankine.common.ModelException;
import rankine.engine.icl.Scorer.Query;
import rankine.engine.model.ModelConfig;

/** Checks that the model accepts the input: ids within the vocabulary, texts within the context. */
final class InputChecks {
  private InputChecks() {}

  static void check(ModelConfig config, int[] prefix, List<Query> queries) {
    checkIds(config, prefix);
    for (Query query : queries) {
      checkIds(config, query.prompt());
      for (int[] continuation : query.continuations()) {
        checkIds(config, continuation);
        long length = (long) prefix.length + query.prompt().length + continuation.length - 1;
        if (length > config.contextLength()) {
          throw new ModelException(
              "context: expected at most %d tokens (the model's limit), found %d"
                  .formatted(config.contextLength(), length));
        }
      }
    }
  }

  private static void checkIds(ModelConfig config, int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= config.vocabSize()) {
        throw new ModelException(
            "token id: expected 0 to %d (vocab_size %d), found %d"
                .formatted(config.vocabSize() - 1, config.vocabSize(), id));
      }
    }
  }
}
