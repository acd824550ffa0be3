package rankine.engine.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.io.Sha256;

/** The page's template, with slots such as <code>{{title}}</code>. */
final class PageTemplate {
  private static final Pattern SLOT = Pattern.compile("\\{\\{([a-z-]+)}}");

  private PageTemplate() {}

  /**
   * Returns the template with every slot filled, in one pass: slots in inserted text are not
   * filled.
   */
  static String filled(Map<String, String> slots) {
    return SLOT.matcher(resource("report.html"))
        .replaceAll(
            slot -> {
              String value = slots.get(slot.group(1));
              if (value == null) {
                throw new IllegalStateException("report.html: unknown slot " + slot.group(1));
              }
              return Matcher.quoteReplacement(value);
            });
  }

  /** Returns the text of a resource of this package. */
  static String resource(String name) {
    try (InputStream in = PageTemplate.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": expected a resource, found none");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the SHA-256 by which a Content Security Policy allows an inline style or script. */
  static String policyHash(String text) {
    byte[] hash = new Sha256().add(text).bytes();
    return "sha256-" + Base64.getEncoder().encodeToString(hash);
  }
}
