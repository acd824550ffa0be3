package rankine.cli;

import java.util.Map;

/**
 * A command line under each command's help. The paths are those of the clone and of the archive, so
 * that the lines run as they are. picocli breaks lines of more than 80 columns.
 */
final class HelpExamples {
  private static final Map<String, String> LINES =
      Map.ofEntries(
          Map.entry("demo", "demo"),
          Map.entry("inspect", "inspect --model demo/checkpoint --context 256"),
          Map.entry("tokenize", "tokenize --model demo/checkpoint \"some text\""),
          Map.entry("logits", "logits --model demo/checkpoint --prompt \"the matter\" --top 5"),
          Map.entry("generate", "generate --model demo/checkpoint --prompt text --max-tokens 20"),
          Map.entry("serve", "serve --model demo/checkpoint --port 8080"),
          Map.entry("prompts", "prompts --task demo-topic --limit 1"),
          Map.entry("eval", "eval --model demo/checkpoint --task demo-topic --edit 5:mlp:0.9"),
          Map.entry(
              "perplexity", "perplexity --model demo/checkpoint --text README.md --context 128"),
          Map.entry("spectrum", "spectrum --model demo/overfitted --layer 5 --module mlp"),
          Map.entry(
              "search",
              "search --model demo/overfitted --task demo-topic \\\n      --layer 5 --module mlp"),
          Map.entry(
              "sweep",
              "sweep --run runs/first --model demo/overfitted --layers 0,5 \\\n      --modules mlp"
                  + " --tasks demo-topic --data demo/data/topic --limit 50"),
          Map.entry("report", "report runs/first --out first.html"),
          Map.entry("profile", "profile --model demo/checkpoint --layer 5 --module mlp"),
          Map.entry("prune", "prune --model demo/overfitted --edit 5:mlp:0.9 --out pruned"),
          Map.entry("architectures", "architectures --format json"),
          Map.entry("tasks", "tasks --new my-task.json"),
          Map.entry("cache", "cache --clear"),
          Map.entry("doctor", "doctor --backend vector"),
          Map.entry("completion", "completion bash > ~/.rankine.bash"),
          Map.entry("man", "man --out man1"));

  private HelpExamples() {}

  /** Returns the footer of a command's help. */
  static String[] footer(String command) {
    return ("\nExample:\n  rankine " + LINES.get(command)).split("\n");
  }
}
