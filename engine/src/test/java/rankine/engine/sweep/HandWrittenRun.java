package rankine.engine.sweep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A run folder written by hand after the format, without our writer. */
final class HandWrittenRun {
  static final String IDENTITY =
      """
      {"format":1,"rankine":"0.1.0",
       "checkpoint":{"architecture":"gptj","sha256":"aa","bytes":12,"dtypes":{"F16":3}},
       "tokenizer":{"sha256":"bb"},
       "tasks":[{"name":"cb","version":"paper","revision":1,"sha256":"cc","data":"data/cb"}],
       "shots":null,"limit":4,"method":"exact","factored":"auto","svd_seed":0,
       "test":"chosen","backend":"vector"}
      """;

  static final String BEGIN =
      """
      {"kind":"begin","grid":{"tasks":["cb:paper"],"seeds":[0],"layers":[0,-1],"modules":["mlp"],\
      "rates":[0,0.5,0.995]},"shard":"0/1","started":"2026-01-01T00:00:00Z","manifest":{}}""";

  static final String SPECTRUM =
      """
      {"kind":"spectrum","matrix":"0.fc_in","layer":0,"module":"fc_in","spectrum":{\
      "matrix":"0.fc_in","shape":[3,2],"numerical_rank":2,"condition_number":4.0,\
      "rates":[{"rate":0.5,"rank":1,"energy":0.94,"relative_error":0.24}],\
      "singular_values":[4,1e0]}}""";

  private HandWrittenRun() {}

  /** A cell of layer 0's mlp, or of the unedited model for rate 0. */
  static String cell(String rate, String split, String outcomes) {
    return cell(rate.equals("0") ? "null" : "0", rate, split, outcomes, "1.5");
  }

  static String cell(String layer, String rate, String split, String outcomes, String seconds) {
    long correct = outcomes.chars().filter(c -> c == '1').count();
    return """
        {"kind":"cell","cell":{"task":"cb","version":"paper","seed":0,"layer":%s,"module":%s,\
        "rate":%s,"part":"%s"},"result":{"n":%d,"correct":%d,"notes":[]},"outcomes":"%s",\
        "examples_sha256":"e-%s","prompts_sha256":"p-%s","seconds":%s,"manifest":{}}"""
        .formatted(
            layer,
            layer.equals("null") ? "null" : "\"mlp\"",
            rate,
            split,
            outcomes.length(),
            correct,
            outcomes,
            split,
            split,
            seconds);
  }

  /** Creates {@code folder} with the identity and one cells file of these lines. */
  static Path write(Path folder, String... lines) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("run.json"), IDENTITY);
    return cells(folder, "cells-0-of-1.jsonl", lines);
  }

  static Path cells(Path folder, String name, String... lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append('\n');
    }
    return Files.write(folder.resolve(name), text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
