package rankine.cli.serve;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.cli.serve.CompletionRequest.PromptField;
import rankine.common.CheckpointException;
import rankine.common.ModelException;
import rankine.common.RankineException;
import rankine.engine.chat.ChatMessage;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;
import rankine.engine.serving.BatchScheduler;

/**
 * The model that a server has.
 *
 * @param name in requests and answers
 * @param created when it was loaded, in seconds since 1970
 * @param mapped whether its weights are in mapped files, which must not change
 */
record ServedModel(
    LoadedModel loaded, String name, long created, BatchScheduler scheduler, boolean mapped) {
  /** Ends the server if the weights have changed: what was computed with them is not sent. */
  void requireUnchanged() {
    if (mapped) {
      try {
        loaded.checkpoint().checkUnchanged();
      } catch (CheckpointException e) {
        scheduler.abort(e);
        throw ApiException.failed(e.getMessage());
      }
    }
  }

  /** Refuses a request for another model. */
  void require(Optional<String> requested) {
    if (requested.isPresent() && !requested.get().equals(name)) {
      throw ApiException.unknownModel(requested.get(), name);
    }
  }

  /** Returns the ids of a prompt, at least one. */
  int[] ids(PromptField prompt) {
    return switch (prompt) {
      case PromptField.IdsPrompt(int[] ids) -> checked(ids);
      case PromptField.TextPrompt(String text) -> {
        try {
          yield PromptIds.of(loaded.tokenizer(), text);
        } catch (RankineException e) {
          throw ApiException.invalid("prompt", e.getMessage());
        }
      }
    };
  }

  private int[] checked(int[] ids) {
    int vocabSize = loaded.model().config().vocabSize();
    for (int id : ids) {
      if (id >= vocabSize) {
        throw ApiException.invalid(
            "prompt", "prompt: expected ids from 0 to %d, found %d".formatted(vocabSize - 1, id));
      }
    }
    return ids;
  }

  /**
   * Returns the ids of a conversation, up to where the answer begins if {@code open}.
   *
   * @throws ApiException if there is no template, or one that refuses the conversation
   */
  int[] ids(List<ChatMessage> messages, boolean open) {
    try {
      String text = loaded.chatTemplate().render(loaded.tokenizer(), messages, open);
      int[] ids = loaded.tokenizer().encode(text);
      if (ids.length == 0) {
        throw new ModelException("expected a conversation with at least one token, found none");
      }
      return ids;
    } catch (RankineException e) {
      throw ApiException.invalid("messages", "messages: " + e.getMessage());
    } catch (StackOverflowError e) {
      throw ApiException.invalid("messages", "messages: the template calls itself too deeply");
    }
  }

  /**
   * Returns how many tokens may follow a prompt.
   *
   * @param field that holds the prompt
   * @param wanted new tokens, as requested; the absent field's default is cut at the context
   */
  int maxTokens(String field, int prompt, OptionalInt wanted, int otherwise) {
    int context = scheduler.contextLength();
    if (prompt > context) {
      throw ApiException.tooLong(
          field,
          "%s: expected at most %d tokens (the context), found %d"
              .formatted(field, context, prompt));
    }
    int left = context - prompt;
    if (wanted.isPresent() && wanted.getAsInt() > left) {
      throw ApiException.tooLong(
          field,
          "%s: expected at most %d tokens (the context) with the %d to generate, found %d"
              .formatted(field, context, wanted.getAsInt(), prompt));
    }
    return wanted.orElse(Math.min(otherwise, left));
  }
}
