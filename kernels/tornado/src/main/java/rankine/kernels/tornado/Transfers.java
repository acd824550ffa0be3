package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Transfers between host and device. TornadoVM transfers whole arrays, so there are staging arrays
 * of a few sizes per direction and element type; a transfer uses the smallest that holds its data.
 */
final class Transfers {
  private static final int[] SIZES = {1 << 6, 1 << 9, 1 << 12, 1 << 16, 1 << 20};

  /** A staging array and the graph that copies it to or from the resident array. */
  private record Channel<A extends TornadoNativeArray>(int size, A array, Graph graph) {}

  private final List<Channel<IntArray>> ints;
  private final List<Channel<FloatArray>> floats;
  private final List<Channel<LongArray>> halves;
  private final List<Channel<FloatArray>> fetchedFloats;

  /** Empty on a device without float64. */
  private final List<Channel<DoubleArray>> doubles;

  private final List<Channel<DoubleArray>> fetchedDoubles;

  private interface Copy<A> {
    GraphBuilder.TaskAdder between(A array);
  }

  Transfers(GraphBuilder builder, DeviceMemory memory, IntArray control) {
    ints =
        channels(
            "sendInts",
            IntArray::new,
            true,
            builder,
            a ->
                (g, c) ->
                    g.task(
                        GraphBuilder.TASK, CopyKernels::sendInts, c, control, a, memory.tables()));
    floats =
        channels(
            "sendFloats",
            FloatArray::new,
            true,
            builder,
            a ->
                (g, c) ->
                    g.task(
                        GraphBuilder.TASK,
                        CopyKernels::sendFloats,
                        c,
                        control,
                        a,
                        memory.floats(0),
                        memory.floats(1),
                        memory.floats(2),
                        memory.floats(3),
                        memory.arrayCount()));
    halves =
        channels(
            "sendHalves",
            LongArray::new,
            true,
            builder,
            a ->
                (g, c) ->
                    g.task(
                        GraphBuilder.TASK,
                        CopyKernels::sendHalves,
                        c,
                        control,
                        a,
                        memory.halves(0),
                        memory.halves(1),
                        memory.halves(2),
                        memory.halves(3),
                        memory.arrayCount()));
    fetchedFloats =
        channels(
            "fetchFloats",
            FloatArray::new,
            false,
            builder,
            a ->
                (g, c) ->
                    g.task(
                        GraphBuilder.TASK,
                        CopyKernels::fetchFloats,
                        c,
                        control,
                        memory.floats(),
                        a));
    if (!memory.hasDoubles()) {
      doubles = List.of();
      fetchedDoubles = List.of();
      return;
    }
    doubles =
        channels(
            "sendDoubles",
            DoubleArray::new,
            true,
            builder,
            a ->
                (g, c) ->
                    g.task(
                        GraphBuilder.TASK,
                        CopyKernels::sendDoubles,
                        c,
                        control,
                        a,
                        memory.doubles()));
    fetchedDoubles =
        channels(
            "fetchDoubles",
            DoubleArray::new,
            false,
            builder,
            a ->
                (g, c) ->
                    g.task(
                        GraphBuilder.TASK,
                        CopyKernels::fetchDoubles,
                        c,
                        control,
                        memory.doubles(),
                        a));
  }

  private static <A extends TornadoNativeArray> List<Channel<A>> channels(
      String name, IntFunction<A> array, boolean sends, GraphBuilder builder, Copy<A> copy) {
    List<Channel<A>> channels = new ArrayList<>();
    for (int size : SIZES) {
      A staging = array.apply(size);
      Graph graph =
          builder.single(
              name + size,
              64,
              sends ? staging : null,
              sends ? null : staging,
              copy.between(staging));
      channels.add(new Channel<>(size, staging, graph));
    }
    return channels;
  }

  private static <A extends TornadoNativeArray> Channel<A> channel(
      List<Channel<A>> channels, int elements) {
    for (Channel<A> channel : channels) {
      if (channel.size >= elements) {
        return channel;
      }
    }
    return channels.getLast();
  }

  /** Sends ints to offset {@code at} of the tables. */
  void sendInts(Device device, int[] values, int at) {
    for (int from = 0; from < values.length; ) {
      Channel<IntArray> channel = channel(ints, values.length - from);
      int count = Math.min(channel.size, values.length - from);
      MemorySegment.copy(
          MemorySegment.ofArray(values), 4L * from, channel.array.getSegment(), 0, 4L * count);
      run(device, channel, count, at + from);
      from += count;
    }
  }

  /** Sends 4-byte elements to offset {@code at} of an array of floats. */
  void sendFloats(Device device, MemorySegment bytes, int array, int at) {
    device.control(CopyKernels.ARRAY, array);
    send(device, floats, bytes, 4, at);
  }

  /**
   * Sends 16-bit values to word {@code at} of an array of halves; the rest of the last word is
   * undefined.
   */
  void sendHalves(Device device, MemorySegment bytes, int array, int at) {
    device.control(CopyKernels.ARRAY, array);
    send(device, halves, bytes, 8, at);
  }

  /** Sends 8-byte elements to offset {@code at} of the doubles. */
  void sendDoubles(Device device, MemorySegment bytes, int at) {
    send(device, doubles, bytes, 8, at);
  }

  private static <A extends TornadoNativeArray> void send(
      Device device, List<Channel<A>> channels, MemorySegment bytes, int size, int at) {
    long elements = Math.ceilDiv(bytes.byteSize(), size);
    for (long from = 0; from < elements; ) {
      Channel<A> channel = channel(channels, (int) Math.min(elements - from, 1 << 30));
      int count = (int) Math.min(channel.size, elements - from);
      long chunkBytes = Math.min((long) count * size, bytes.byteSize() - from * size);
      MemorySegment.copy(bytes, from * size, channel.array.getSegment(), 0, chunkBytes);
      run(device, channel, count, (int) (at + from));
      from += count;
    }
  }

  /** Fetches elements from offset {@code at} of the first array of floats. */
  void fetchFloats(Device device, int at, MemorySegment into) {
    fetch(device, fetchedFloats, at, into, 4);
  }

  /** Fetches elements from offset {@code at} of the doubles. */
  void fetchDoubles(Device device, int at, MemorySegment into) {
    fetch(device, fetchedDoubles, at, into, 8);
  }

  private static <A extends TornadoNativeArray> void fetch(
      Device device, List<Channel<A>> channels, int at, MemorySegment into, int size) {
    long elements = into.byteSize() / size;
    for (long from = 0; from < elements; ) {
      Channel<A> channel = channel(channels, (int) Math.min(elements - from, 1 << 30));
      int count = (int) Math.min(channel.size, elements - from);
      run(device, channel, count, (int) (at + from));
      MemorySegment.copy(channel.array.getSegment(), 0, into, from * size, (long) count * size);
      from += count;
    }
  }

  private static void run(Device device, Channel<?> channel, int count, int at) {
    device.control(CopyKernels.COUNT, count);
    device.control(CopyKernels.OFFSET, at);
    channel.graph.groups(0, channel.size / 64);
    device.run(channel.graph);
  }
}
