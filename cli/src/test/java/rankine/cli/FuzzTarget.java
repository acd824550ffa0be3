package rankine.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import rankine.common.RankineException;
import rankine.common.io.Shown;

/**
 * The readers of untrusted bytes. Any input is accepted or refused by a {@link RankineException}
 * with a message of one line; everything else is a defect.
 *
 * <p>{@link FuzzCorpusTest} replays {@code testdata/fuzz/LABEL} in each build; {@link FuzzEntry}
 * runs a target under Jazzer.
 */
enum FuzzTarget {
  /** A weight file: its header and the extents of its tensors. */
  SAFETENSORS(FuzzCheckpoints::weights),
  /** The index of a checkpoint in shards. */
  INDEX(FuzzCheckpoints::index),
  /** config.json of each architecture; where it fits the weights, one token is run. */
  CONFIG(FuzzCheckpoints::config),
  TOKENIZER_JSON(folder -> FuzzTokenizers.file(folder, "tokenizer.json", List.of())),
  TOKENIZER_CONFIG(
      folder -> FuzzTokenizers.file(folder, "tokenizer_config.json", List.of("tokenizer.json"))),
  TOKENIZER_MODEL(folder -> FuzzTokenizers.file(folder, "tokenizer.model", List.of())),
  VOCAB(folder -> FuzzTokenizers.file(folder, "vocab.json", List.of("merges.txt"))),
  MERGES(folder -> FuzzTokenizers.file(folder, "merges.txt", List.of("vocab.json"))),
  ADDED_TOKENS(
      folder ->
          FuzzTokenizers.file(folder, "added_tokens.json", List.of("vocab.json", "merges.txt"))),
  /** chat_template.jinja, and what it makes of a conversation. */
  CHAT_TEMPLATE(FuzzTokenizers::chatTemplate),
  /** A task file, and the prompts that it makes of the data of the task of its name. */
  TASK(FuzzTasks::task),
  DATA_CB(folder -> FuzzTasks.data(folder, "cb")),
  DATA_AGNEWS(folder -> FuzzTasks.data(folder, "agnews")),
  DATA_SST2(folder -> FuzzTasks.data(folder, "sst2")),
  DATA_MRPC(folder -> FuzzTasks.data(folder, "mrpc")),
  DATA_EMOC(folder -> FuzzTasks.data(folder, "emoc")),
  DATA_SQUAD(folder -> FuzzTasks.data(folder, "squad")),
  /** Values within objects and lists, and rows with fewer choices. */
  DATA_ARC(folder -> FuzzTasks.data(folder, "arc")),
  /** Texts that patterns rewrite. */
  DATA_HELLASWAG(folder -> FuzzTasks.data(folder, "hellaswag")),
  /** A file of the factor cache; refused ones are tried again with the right SHA-256. */
  FACTORS(FuzzRuns::factors),
  /** run.json beside valid cells. */
  RUN_IDENTITY(folder -> FuzzRuns.run(folder, "run.json")),
  /** A cells file beside a valid run.json. */
  RUN_CELLS(folder -> FuzzRuns.run(folder, "cells-0-of-1.jsonl")),
  /** A plan file. */
  PLAN(FuzzRuns::plan),
  /** The body of a request to the server: of every kind. */
  REQUEST(_ -> FuzzRequests::parse),
  /** A command line, one argument per line: parsed, never run. */
  ARGUMENTS(_ -> FuzzArguments::parse);

  private static final int MAX_MESSAGE = 2_010;

  @SuppressWarnings("ImmutableEnumChecker") // method references without state
  private final Opener opener;

  FuzzTarget(Opener opener) {
    this.opener = opener;
  }

  /** Reads one input. */
  @FunctionalInterface
  interface Input {
    void read(byte[] bytes) throws IOException;
  }

  /** Prepares an empty folder for any number of inputs. */
  @FunctionalInterface
  private interface Opener {
    Input in(Path folder) throws IOException;
  }

  /** The name on the command line and of the corpus's folder. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the target of that {@link #label}. */
  static FuzzTarget of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /**
   * Prepares the target.
   *
   * @param folder an empty folder for its files
   * @return a consumer that throws for a defect, and for nothing else
   */
  Consumer<byte[]> open(Path folder) throws IOException {
    Input input = opener.in(folder);
    return bytes -> check(input, bytes);
  }

  private static void check(Input input, byte[] bytes) {
    try {
      input.read(bytes);
    } catch (RankineException e) {
      String message = e.getMessage();
      if (message.lines().count() != 1
          || message.length() > MAX_MESSAGE
          || !message.codePoints().allMatch(Shown::isPlain)) {
        throw new IllegalStateException("a message that is not one plain line", e);
      }
    } catch (IOException e) {
      throw new IllegalStateException("an exception outside the family", e);
    }
  }

  /** Returns the input as text, each byte a character. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
