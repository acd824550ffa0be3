package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rankine.engine.icl.JsonlTexts;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** {@code tokenize}: encodes texts as token ids, one JSON line per text. */
@Command(
    name = "tokenize",
    sortOptions = false,
    description = {
      "Encode text as token ids.",
      "Prints {\"ids\":[...]}, one line per text. Special tokens in the text are recognised; none is"
          + " added without --add-special-tokens."
    })
final class TokenizeCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint folder, or a folder of tokenizer files.")
  Path model;

  @Option(
      names = "--jsonl",
      paramLabel = "FILE",
      description = "File of {\"text\": ...} lines, instead of TEXT.")
  Path jsonl;

  @Option(
      names = "--add-special-tokens",
      description = "Add BOS and EOS as the tokenizer's configuration says (default: not added).")
  boolean addSpecialTokens;

  @Parameters(arity = "0..1", paramLabel = "TEXT", description = "Text to encode.")
  String text;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    if ((text == null) == (jsonl == null)) {
      throw new ParameterException(spec.commandLine(), "expected either TEXT or --jsonl FILE");
    }
    Tokenizer tokenizer = Tokenizers.load(model);
    // Encode everything first: a bad line then prints nothing.
    List<String> lines = new ArrayList<>();
    if (text != null) {
      lines.add(StandardOutput.line(ids(tokenizer, text)));
    } else {
      JsonlTexts.read(jsonl, line -> lines.add(StandardOutput.line(ids(tokenizer, line))));
    }
    StandardOutput.lines(lines);
    return 0;
  }

  private ObjectNode ids(Tokenizer tokenizer, String line) {
    int[] ids = addSpecialTokens ? tokenizer.encodeWithSpecialTokens(line) : tokenizer.encode(line);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("ids");
    for (int id : ids) {
      list.add(id);
    }
    return json;
  }
}
