package rankine.common.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against the examples of FIPS 180-2, appendix B. */
class Sha256Test {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void isThatOfTheStandard() {
    assertEquals(ABC, Sha256.hex("abc"));
    assertEquals(ABC, Sha256.hex("abc".getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        Sha256.hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
  }

  @Test
  void partsAreHashedAsOneText() {
    ByteBuffer c = ByteBuffer.wrap(new byte[] {'x', 'c'}).position(1);
    assertEquals(ABC, new Sha256().add("a").add(new byte[] {'b'}).add(c).hex());
    assertEquals(Sha256.hex("a\nb\n"), Sha256.hexOfLines(List.of("a", "b")));
  }
}
