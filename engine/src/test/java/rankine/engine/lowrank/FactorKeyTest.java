package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import rankine.kernels.Matrix;

@Isolated // sets the default locale
class FactorKeyTest {
  @Test
  void theKeyIsTheSameInEveryLocale() {
    Matrix w = Matrix.of(new float[12 * 17], 12, 17);
    SvdMethod method = new RandomizedSvd(RandomizedOptions.standard(4, 0));
    String key = FactorKey.of(w, method, "scalar").hex();
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals("٤", "%d".formatted(4));
      assertEquals(key, FactorKey.of(w, method, "scalar").hex());
    } finally {
      Locale.setDefault(before);
    }
  }
}
