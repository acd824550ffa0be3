package rankine.engine.chat;

import static rankine.common.io.JsonKind.STRING;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import rankine.common.TokenizerException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;
import rankine.tokenizer.Tokenizer;

/**
 * The chat template of a model folder. The text that it renders has its special tokens, BOS too
 * where the template writes it: encode it with {@link Tokenizer#encode}, which adds none.
 *
 * <p>As in Hugging Face's transformers: {@code trim_blocks} and {@code lstrip_blocks} are on; the
 * variables are {@code messages}, {@code add_generation_prompt}, {@code bos_token}, {@code
 * eos_token}, and {@code tools} and {@code documents}, which are none.
 */
public final class ChatTemplate {
  private static final String KEY = "chat_template";
  private static final String JINJA = "chat_template.jinja";
  private static final String JSON = "chat_template.json";
  private static final String CONFIG = "tokenizer_config.json";

  /** Limits of a file and of a rendered conversation, in bytes or characters. */
  private static final long MAX_FILE = 64L << 20;

  private static final long MAX_OUTPUT = 64L << 20;

  /** Name of the thread that renders. */
  static final String RENDERER = "rankine-chat-template";

  /** For loops within loops. A rendering takes milliseconds. */
  private static final Duration MAX_TIME = Duration.ofSeconds(10);

  private final String file;
  private final String template;
  private final JinjaSource source;
  private final Clock clock;
  private final Duration limit;
  private final Jinjava jinjava;

  /** A template from {@code file}, with the time that it sees. */
  ChatTemplate(String file, String template, Clock clock) {
    this(file, template, clock, MAX_TIME);
  }

  /**
   * As {@link #ChatTemplate(String, String, Clock)}.
   *
   * @param limit of the time of a rendering
   */
  ChatTemplate(String file, String template, Clock clock, Duration limit) {
    this.file = file;
    this.template = template;
    this.source = JinjaSource.of(file, template);
    this.clock = clock;
    this.limit = limit;
    this.jinjava = new Jinjava(CONFIGURATION);
    PythonFilters.ALL.forEach(jinjava::registerFilter);
  }

  private static final JinjavaConfig CONFIGURATION =
      JinjavaConfig.newBuilder()
          .withElResolver(new PythonValues())
          .withNestedInterpretationEnabled(false)
          .withEnableRecursiveMacroCalls(true)
          .withMaxMacroRecursionDepth(100)
          .withMaxRenderDepth(100)
          .withMaxOutputSize(MAX_OUTPUT)
          .withLegacyOverrides(
              LegacyOverrides.newBuilder()
                  .withEvaluateMapKeys(true)
                  .withIterateOverMapKeys(true)
                  .withUsePyishObjectMapper(true)
                  .withUseNaturalOperatorPrecedence(true)
                  .withKeepNullableLoopValues(true)
                  .withParseWhitespaceControlStrictly(true)
                  .build())
          .build();

  /**
   * Reads the template of a folder: chat_template.jinja, else chat_template.json, else
   * tokenizer_config.json. Of a list of named templates it is the one named default.
   *
   * @throws TokenizerException if there is none, or one that uses an unknown construct
   */
  public static ChatTemplate load(Path folder) {
    return load(folder, Clock.system(ZoneId.systemDefault()));
  }

  /** As {@link #load(Path)}, with the time that the template sees. */
  static ChatTemplate load(Path folder, Clock clock) {
    Path jinja = folder.resolve(JINJA);
    if (isPresent(jinja)) {
      return new ChatTemplate(Shown.path(jinja), text(jinja), clock);
    }
    for (String name : List.of(JSON, CONFIG)) {
      Path json = folder.resolve(name);
      if (isPresent(json)) {
        String file = Shown.path(json);
        JsonObject object = Json.of(file, TokenizerException::new).object(bytes(json));
        if (object.isGiven(KEY)) {
          return new ChatTemplate(file, template(object), clock);
        }
      }
    }
    throw TokenizerException.of(
        Shown.path(folder), KEY, "one in " + String.join(", ", JINJA, JSON, CONFIG), "none");
  }

  /** Returns the template as the folder has it. */
  public String template() {
    return template;
  }

  private static String template(JsonObject object) {
    if (!object.node(KEY).isArray()) {
      return object.get(KEY, STRING);
    }
    List<String> names = new ArrayList<>();
    for (JsonObject named : object.objects(KEY)) {
      names.add(named.get("name", STRING));
      if (names.getLast().equals("default")) {
        return named.get("template", STRING);
      }
    }
    throw object.fault(KEY, "a template named default", "the names " + names);
  }

  /**
   * Returns whether there is a file or a link: one that leads nowhere is an error, not an absence.
   */
  private static boolean isPresent(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static String text(Path path) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(path))).toString();
    } catch (CharacterCodingException e) {
      throw TokenizerException.of(Shown.path(path), "", "UTF-8 text", "other bytes", e);
    }
  }

  private static byte[] bytes(Path path) {
    if (!Files.isRegularFile(path)) { // a pipe could block, a device never end
      String found = Files.exists(path) ? "something else" : "a link to nothing";
      throw TokenizerException.of(Shown.path(path), "", "a regular file", found);
    }
    try {
      long size = Files.size(path);
      if (size > MAX_FILE) {
        throw TokenizerException.of(
            Shown.path(path), "", "at most " + MAX_FILE + " bytes", size + " bytes");
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw TokenizerException.of(Shown.path(path), "", "a readable file", Shown.reason(e), e);
    }
  }

  /**
   * Renders a conversation.
   *
   * @param tokenizer names BOS and EOS
   * @param open whether the text ends where the assistant's answer begins
   * @throws TokenizerException if the template refuses the conversation, uses a function or method
   *     that is unknown, or does not end within ten seconds
   */
  public String render(Tokenizer tokenizer, List<ChatMessage> messages, boolean open) {
    return render(
        token(tokenizer, tokenizer.bosId()), token(tokenizer, tokenizer.eosId()), messages, open);
  }

  private static String token(Tokenizer tokenizer, OptionalInt id) {
    return id.isPresent() ? tokenizer.piece(id.getAsInt()) : "";
  }

  /** As {@link #render(Tokenizer, List, boolean)}, with the texts of BOS and EOS. */
  String render(String bos, String eos, List<ChatMessage> messages, boolean open) {
    TemplateFunctions functions = new TemplateFunctions(clock);
    Map<String, Object> variables = new HashMap<>(source.strings());
    variables.put("messages", messages.stream().map(ChatTemplate::turn).toList());
    variables.put("add_generation_prompt", open);
    variables.put("bos_token", bos);
    variables.put("eos_token", eos);
    variables.put("tools", null);
    variables.put("documents", null);
    JinjaSource.OWN_FUNCTIONS.forEach(name -> variables.put(name, name)); // they are defined
    variables.put(JinjaSource.FUNCTIONS, functions);
    RenderResult result = rendered(variables);
    if (functions.raised().isPresent()) {
      throw TokenizerException.of(
          file, KEY, "a conversation that the template accepts", functions.raised().get());
    }
    for (TemplateError error : result.getErrors()) {
      throw TokenizerException.of(
          file, KEY, "a template that can be rendered", Shown.line(error.getMessage()));
    }
    return result.getOutput();
  }

  /** Renders in a thread that is interrupted if it does not end: {@link RenderingTime}. */
  private RenderResult rendered(Map<String, Object> variables) {
    FutureTask<RenderResult> task =
        new FutureTask<>(() -> jinjava.renderForResult(source.text(), variables));
    Thread thread = Thread.ofPlatform().daemon().name(RENDERER).start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw TokenizerException.of(
          file,
          KEY,
          "a template that ends within " + limit.toSeconds() + " s",
          "one that does not");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TokenizerException.of(file, KEY, "time to render", "an interruption");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case StackOverflowError cause ->
            throw TokenizerException.of(
                file, KEY, "a template that can be rendered", "one that nests too deep", cause);
        case Error cause -> throw cause;
        case Throwable cause -> throw new IllegalStateException(cause);
      }
    }
  }

  private static Map<String, Object> turn(ChatMessage message) {
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("role", message.role());
    turn.put("content", message.content());
    return turn;
  }
}
