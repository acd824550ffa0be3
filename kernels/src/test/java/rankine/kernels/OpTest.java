package rankine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.kernels.cpu.CpuBackend;

/** What operations say about themselves. */
class OpTest {
  private static final Slot A = Slot.tokens("a", 8);
  private static final Slot B = Slot.tokens("b", 8);
  private static final Weight MATRIX = CpuBackend.scalar(1).matrix(Matrix.of(new float[64], 8, 8));
  private static final Weight VECTOR = CpuBackend.scalar(1).vector(Matrix.of(new float[8], 1, 8));

  /** An operation on A and B, and what it reads, writes and uses. */
  record Case(Op op, List<Slot> reads, List<Slot> writes, List<Weight> weights) {}

  private static Case of(Op op, List<Slot> reads, List<Slot> writes, Weight... weights) {
    return new Case(op, reads, writes, List.of(weights));
  }

  private static final RotaryFrequencies FREQUENCIES = RotaryFrequencies.of(10000, 4);

  static List<Case> cases() {
    return List.of(
        of(new Op.Embed(MATRIX, A), List.of(), List.of(A), MATRIX),
        of(new Op.AddPosition(MATRIX, A), List.of(A), List.of(A), MATRIX),
        of(
            new Op.LayerNorm(A, VECTOR, Optional.of(VECTOR), 0, B),
            List.of(A),
            List.of(B),
            VECTOR,
            VECTOR),
        of(new Op.LayerNorm(A, VECTOR, Optional.empty(), 0, A), List.of(A), List.of(A), VECTOR),
        of(new Op.RmsNorm(A, VECTOR, 0, 1, B), List.of(A), List.of(B), VECTOR),
        of(
            new Op.Linear("l", A, MATRIX, Optional.empty(), false, B),
            List.of(A),
            List.of(B),
            MATRIX),
        of(
            new Op.Linear("l", A, MATRIX, Optional.of(VECTOR), true, B),
            List.of(A, B),
            List.of(B),
            MATRIX,
            VECTOR),
        of(new Op.Rotary(A, 2, 4, FREQUENCIES, Op.Pairing.HALVES), List.of(A), List.of(A)),
        of(new Op.AppendKv(3, A, B), List.of(A, B), List.of()),
        of(new Op.Attention(3, A, 2, AttentionScores.scaled(1), B), List.of(A), List.of(B)),
        of(new Op.Activation(A, ActivationFunction.RELU), List.of(A), List.of(A)),
        of(new Op.GatedActivation(A, ActivationFunction.SILU, B), List.of(A, B), List.of(A)),
        of(new Op.Scale(A, 2), List.of(A), List.of(A)),
        of(new Op.SoftCap(A, 2), List.of(A), List.of(A)),
        of(new Op.Add(A, B), List.of(B, A), List.of(B)),
        of(new Op.GatherRows(A, B), List.of(A), List.of(B)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsWritesUsesAndRenames(Case c) {
    assertEquals(c.reads, c.op.reads());
    assertEquals(c.writes, c.op.writes());
    assertEquals(c.weights, c.op.weights());
    assertEquals(c.op, c.op.withSlots(slot -> slot));
    UnaryOperator<Slot> renaming = slot -> Slot.logitRows(slot.name() + "'", slot.width());
    Op renamed = c.op.withSlots(renaming);
    assertEquals(c.reads.stream().map(renaming).toList(), renamed.reads());
    assertEquals(c.writes.stream().map(renaming).toList(), renamed.writes());
    assertEquals(c.weights, renamed.weights());
    if (c.op instanceof Op.KvOp kv) {
      assertEquals(5, kv.onLayer(5).layer());
      assertEquals(c.op, kv.onLayer(5).onLayer(3));
    }
  }

  /** A token sees itself and the window - 1 before it. */
  @ParameterizedTest
  @CsvSource({"1, 1, 0", "5, 1, 4", "5, 3, 2", "5, 5, 0", "5, 9, 0", "5, 2147483647, 0"})
  void windowEndsAtTheToken(int length, int window, int first) {
    assertEquals(first, AttentionScores.scaled(1).withWindow(window).first(length));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-3, 1", "5, -1", "5, NaN"})
  void refusesWindowsAndCapsThatAreNone(int window, float softCap) {
    assertThrows(IllegalArgumentException.class, () -> new AttentionScores(1, softCap, window));
  }
}
