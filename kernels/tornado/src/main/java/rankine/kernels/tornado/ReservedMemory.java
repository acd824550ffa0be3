package rankine.kernels.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import rankine.common.BackendException;

/**
 * Host memory of arrays that live on a device only. TornadoVM requires host memory for every array;
 * memory from malloc that is never touched costs only address space, while the JVM would fill its
 * own with zeros.
 */
// Calls of the C library: the point of this class.
@SuppressWarnings("restricted")
final class ReservedMemory {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle MALLOC =
      handle("malloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
  private static final MethodHandle FREE =
      handle("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

  private ReservedMemory() {}

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
  }

  /** Allocates {@code bytes} with undefined content, freed when {@code arena} is closed. */
  static MemorySegment of(long bytes, Arena arena) {
    MemorySegment memory = (MemorySegment) call(MALLOC, bytes);
    if (memory.equals(MemorySegment.NULL)) {
      throw new BackendException(
          "backend tornado: expected %d bytes of address space, found none".formatted(bytes));
    }
    return memory.reinterpret(bytes, arena, m -> call(FREE, m));
  }

  private static Object call(MethodHandle function, Object argument) {
    try {
      return function.invoke(argument);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
