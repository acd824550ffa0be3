package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.StringReader;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class MarkupTest {
  /** An XML parser reads back exactly the text that was written. */
  @Test
  void escapesAnyText() throws Exception {
    Random random = new Random(7);
    String signs = "<>&\"'/={}]]-!ab \u00e9\u2028\ud83d\ude00";
    for (int round = 0; round < 300; round++) {
      StringBuilder some = new StringBuilder();
      int[] points = signs.codePoints().toArray();
      for (int i = random.nextInt(30); i > 0; i--) {
        some.appendCodePoint(points[random.nextInt(points.length)]);
      }
      String text = some.toString();
      String written =
          new Markup().open("p", "title", text).text(text).empty("path", "d", text).close().take();
      Element read =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(written)))
              .getDocumentElement();
      assertEquals(text, read.getAttribute("title"));
      assertEquals(text, read.getTextContent());
      assertEquals(1, read.getElementsByTagName("*").getLength());
    }
  }

  @Test
  void charactersThatHtmlForbidsAreReplaced() {
    String written = new Markup().text("a\u0000b\u001bc\ud800d\ne").take();
    assertEquals("a\ufffdb\ufffdc\ufffdd\ne", written);
  }

  @Test
  void leavesOutNullAttributes() {
    assertEquals("<td>1</td>", new Markup().element("td", "1", "class", null).take());
  }

  @Test
  void openElementsMustBeClosed() {
    assertThrows(IllegalStateException.class, () -> new Markup().open("p").take());
  }
}
