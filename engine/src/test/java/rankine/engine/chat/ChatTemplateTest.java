package rankine.engine.chat;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.TokenizerException;
import rankine.testdata.TestData;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** Renderings, compared with those of Python's Jinja2. */
class ChatTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-07-04T15:06:07Z"), ZoneOffset.UTC);

  private static List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(TestData.chat(name))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static ChatTemplate template(String text) {
    return new ChatTemplate("file", text, CLOCK);
  }

  private static void check(ChatTemplate template, JsonNode line, List<ChatMessage> messages) {
    String bos = line.path("bos_token").asText("<s>");
    String eos = line.path("eos_token").asText("</s>");
    boolean open = line.path("add_generation_prompt").asBoolean(true);
    String where = line.get("template").textValue();
    if (line.has("raised")) {
      String message =
          assertThrows(
                  TokenizerException.class, () -> template.render(bos, eos, messages, open), where)
              .getMessage();
      assertTrue(message.endsWith("found " + line.get("raised").textValue()), message);
    } else {
      assertEquals(
          line.get("rendered").textValue(), template.render(bos, eos, messages, open), where);
    }
  }

  private static List<ChatMessage> messages(JsonNode line) {
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode m : line.get("messages")) {
      messages.add(new ChatMessage(m.get("role").textValue(), m.get("content").textValue()));
    }
    return messages;
  }

  /** Templates with the constructs of those that the families publish. */
  @Test
  void rendersTheFamilies() throws IOException {
    Map<String, ChatTemplate> templates = new HashMap<>();
    List<Executable> checks = new ArrayList<>();
    for (JsonNode line : lines("renderings.jsonl")) {
      String name = line.get("template").textValue();
      if (!templates.containsKey(name)) {
        templates.put(name, template(Files.readString(TestData.chat(name + ".jinja"))));
      }
      checks.add(() -> check(templates.get(name), line, messages(line)));
    }
    assertEquals(35, checks.size());
    assertAll(checks);
  }

  @Test
  void rendersEachConstruct() throws IOException {
    List<ChatMessage> messages =
        List.of(
            new ChatMessage("system", " You are \"brief\". "),
            new ChatMessage("user", "Hi <b>&' \"q\" there\n"),
            new ChatMessage("assistant", "<think>\nab\n</think>\n\nHello"),
            new ChatMessage("user", "Bye"));
    List<Executable> checks = new ArrayList<>();
    for (JsonNode line : lines("constructs.jsonl")) {
      checks.add(() -> check(template(line.get("template").textValue()), line, messages));
    }
    assertEquals(65, checks.size());
    assertAll(checks);
  }

  /** What Jinjava renders differently, or drops silently, is refused by name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "{{ messages|frobnicate }}                              @ a filter that Rankine knows, found \"frobnicate\"",
        "{% if 1 is prime %}{% endif %}                         @ a test that Rankine knows, found \"prime\"",
        "{% include 'x' %}                                      @ a tag that Rankine knows, found {% include %}",
        "{% call f() %}{% endcall %}                            @ {% call %}",
        "{% for x in [] %}a{% else %}b{% endfor %}              @ {% else %} of an if",
        "{{ messages[::2] }}                                    @ a slice [a:b] or [::-1]",
        "{{ messages[0].content.zfill(3) }}                     @ the method zfill of a string",
        "{{ messages[0].pop('role') }}                          @ the method pop of a map",
        "{{ frobnicate() }}                                     @ frobnicate",
        "{{ 'a'.getClass() }}                                   @ the method getClass of a string",
        "{% for x in [1] %}{{ loop.previtem }}{% endfor %}      @ loop.previtem",
        "{% for x in [1] if x %}{{ loop.index }}{% endfor %}    @ loop in a for without a condition",
        "{% if true %}                                          @ an end of {% if %}",
        "{% endfor %}                                           @ {% endfor %}",
        "{{ 'a                                                  @ line 1",
        "{{ '\\x4g' }}                                          @ the hexadecimal digits of a character",
        "{{ '\\Uffffffff' }}                                    @ the hexadecimal digits of a character",
        "{{ (1 + 2 }}                                           @ }}",
        "a {# b                                                 @ an end of the comment",
        "{{ strftime_now('%Q') }}                               @ %Q",
        "{% for x in messages if true else [] %}{% endfor %}    @ else",
        "{{ 1|tojson(indent=101) }}                             @ an indent of at most 100, found 101",
        "{{ [1]|tojson(indent=2000000000) }}                    @ an indent of at most 100, found 2000000000",
      })
  void refuses(String text, String message) {
    TokenizerException e =
        assertThrows(
            TokenizerException.class,
            () ->
                template(text)
                    .render("", "", ChatMessage.conversation(Optional.of("s"), "u"), true));
    assertTrue(e.getMessage().startsWith("file: chat_template: expected "), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void bracketsAreLimited() {
    String nested = "{{ " + "(".repeat(64) + "'a'" + ")".repeat(64) + " }}";
    assertEquals("a", template(nested).render("", "", List.of(), true));
    for (String open : List.of("(", "[", "{")) {
      TokenizerException e =
          assertThrows(
              TokenizerException.class, () -> template("\n{{ " + open.repeat(1_000_000) + " }}"));
      assertTrue(
          e.getMessage()
              .startsWith("file: chat_template: expected at most 64 open brackets, found"),
          e.getMessage());
      assertTrue(e.getMessage().contains("more in line 2"), e.getMessage());
    }
    String deep = "{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}";
    assertThrows(TokenizerException.class, () -> template(deep));
  }

  @Test
  void aStringMayBeLong() {
    String text = "a\\n".repeat(30_000);
    assertEquals(
        "a\n".repeat(30_000), template("{{ '" + text + "' }}").render("", "", List.of(), true));
  }

  /** 10^15 turns of an empty loop: refused, and its thread ends. */
  @Test
  void aTemplateThatDoesNotEnd() throws InterruptedException {
    String loops = "{% for a in range(1000) %}".repeat(5) + "{% endfor %}".repeat(5);
    ChatTemplate endless = new ChatTemplate("file", loops, Clock.systemUTC(), Duration.ofMillis(1));
    TokenizerException e =
        assertThrows(TokenizerException.class, () -> endless.render("", "", List.of(), true));
    assertEquals(
        "file: chat_template: expected a template that ends within 0 s, found one that does not",
        e.getMessage());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(ChatTemplate.RENDERER)) {
        assertTrue(thread.join(Duration.ofMinutes(1)), "it still renders");
      }
    }
  }

  @Test
  void readsTheTemplateOfAFolder(@TempDir Path folder) throws IOException {
    failsToLoad(folder, "one in chat_template.jinja, chat_template.json, tokenizer_config.json");
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"}]}");
    failsToLoad(folder, "tokenizer_config.json: chat_template: expected a template named default");
    Files.writeString(
        config,
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"},"
            + " {\"name\": \"default\", \"template\": \"list\"}]}");
    assertEquals("list", loaded(folder));
    Files.writeString(config, "{\"chat_template\": \"config\"}");
    assertEquals("config", loaded(folder));
    Files.writeString(folder.resolve("chat_template.json"), "{\"chat_template\": \"json\"}");
    assertEquals("json", loaded(folder));
    Files.writeString(folder.resolve("chat_template.jinja"), "jinja");
    assertEquals("jinja", loaded(folder));
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ 3 is prime }}");
    failsToLoad(folder, "chat_template.jinja: chat_template: expected a test");
  }

  /** No other template is used in its place, and nothing waits for a writer. */
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aFileThatIsNoTextIsRefused(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": \"another\"}");
    Path jinja = folder.resolve("chat_template.jinja");
    Files.createSymbolicLink(jinja, folder.resolve("gone"));
    failsToLoad(folder, "chat_template.jinja: expected a regular file, found a link to nothing");
    Files.delete(jinja);
    Files.createSymbolicLink(jinja, Path.of("/dev/null"));
    failsToLoad(folder, "chat_template.jinja: expected a regular file, found something else");
    Files.delete(jinja);
    assertEquals(0, new ProcessBuilder("mkfifo", jinja.toString()).start().waitFor());
    failsToLoad(folder, "chat_template.jinja: expected a regular file, found something else");
    Files.delete(jinja);
    Files.write(jinja, new byte[] {'a', (byte) 0xC3});
    failsToLoad(folder, "chat_template.jinja: expected UTF-8 text, found other bytes");
    Files.delete(jinja);
    Files.createSymbolicLink(folder.resolve("chat_template.json"), folder.resolve("gone"));
    failsToLoad(folder, "chat_template.json: expected a regular file, found a link to nothing");
  }

  private static String loaded(Path folder) {
    return ChatTemplate.load(folder).render("", "", List.of(), true);
  }

  private static void failsToLoad(Path folder, String part) {
    String message =
        assertThrows(TokenizerException.class, () -> ChatTemplate.load(folder)).getMessage();
    assertTrue(message.contains(part), message);
  }

  /** BOS comes from the template alone, and its text becomes one id. */
  @Test
  void bosIsNotDoubled(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("chat_template.jinja"), Files.readString(TestData.chat("mistral.jinja")));
    Tokenizer tokenizer = Tokenizers.load(TestData.model("stories260K"));
    assertTrue(tokenizer.addsBos());
    String text =
        ChatTemplate.load(folder)
            .render(tokenizer, ChatMessage.conversation(Optional.of("Be"), "Hi"), true);
    assertEquals("<s>[INST] Be\n\nHi[/INST]", text);
    int[] ids = tokenizer.encode(text);
    assertEquals(tokenizer.bosId().getAsInt(), ids[0]);
    assertTrue(ids[1] != ids[0]);
  }

  /** The published template of Qwen3 renders as the look-alike; an older one of Llama 3. */
  @Test
  @Tag("shared")
  void rendersPublishedTemplates() throws IOException {
    ChatTemplate qwen = ChatTemplate.load(TestData.shared("data/tokenizers/qwen3"));
    for (JsonNode line : lines("renderings.jsonl")) {
      if (line.get("template").textValue().equals("qwen3")) {
        check(qwen, line, messages(line));
      }
    }
    assertEquals(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ChatTemplate.load(TestData.shared("data/tokenizers/llama3"))
            .render(
                Tokenizers.load(TestData.shared("data/tokenizers/llama3")),
                ChatMessage.conversation(Optional.of("Be brief."), " Hi "),
                true));
  }
}
