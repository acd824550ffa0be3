package rankine.engine.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.Json;
import rankine.common.io.Shown;

/**
 * Parses and checks the JSON of a safetensors header as a token stream, without building a tree.
 */
final class HeaderParser {
  /** Limit of tensors per file; bounds the memory that a hostile header can claim. */
  static final int MAX_TENSORS = 200_000;

  /** Limit of {@code __metadata__} entries, for the same reason. */
  static final int MAX_METADATA = 100_000;

  /** Limit of dimensions per tensor, as in PyTorch. */
  static final int MAX_RANK = 64;

  static final String METADATA = "__metadata__";

  private final Path file;
  private final long dataStart;
  private final long dataBytes;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();

  private HeaderParser(Path file, long dataStart, long dataBytes) {
    this.file = file;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
  }

  /** Parses {@code json}, the header of a file of {@code fileBytes} bytes. */
  static SafetensorsHeader parse(Path file, byte[] json, long fileBytes) {
    if (json.length == 0 || json[0] != '{') {
      throw CheckpointException.of(
          Fault.HEADER_START,
          file,
          "expected a header that starts with {, found "
              + (json.length == 0 ? "an empty one" : String.format("byte 0x%02x", json[0])));
    }
    long dataStart = SafetensorsHeader.PREFIX_BYTES + (long) json.length;
    HeaderParser header = new HeaderParser(file, dataStart, fileBytes - dataStart);
    return CheckpointJson.of(file).stream(json, parser -> header.read(parser, fileBytes));
  }

  private SafetensorsHeader read(JsonParser parser, long fileBytes) throws IOException {
    Set<String> names = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (!names.add(name)) {
        throw fault(Fault.DUPLICATE_KEY, name, "expected each key once, found it twice");
      }
      if (names.size() > MAX_TENSORS) {
        throw CheckpointException.of(
            Fault.JSON_TOO_LARGE, file, "expected at most " + MAX_TENSORS + " tensors, found more");
      }
      if (name.equals(METADATA)) {
        readMetadata(parser);
      } else {
        tensors.add(readTensor(parser, name));
      }
    }
    // The sort is stable: empty tensors keep their order in the header.
    tensors.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
    checkCover();
    return new SafetensorsHeader(file, metadata, tensors, dataStart, fileBytes);
  }

  private void readMetadata(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, METADATA, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String path = METADATA + "." + key;
      parser.nextToken();
      expect(parser, JsonToken.VALUE_STRING, path, "a string");
      if (metadata.putIfAbsent(key, parser.getText()) != null) {
        throw fault(Fault.DUPLICATE_KEY, path, "expected each key once, found it twice");
      }
      if (metadata.size() > MAX_METADATA) {
        throw fault(
            Fault.JSON_TOO_LARGE,
            METADATA,
            "expected at most " + MAX_METADATA + " entries, found more");
      }
    }
  }

  private TensorInfo readTensor(JsonParser parser, String name) throws IOException {
    if (!TensorNames.isText(name)) {
      throw fault(Fault.BAD_NAME, "\"" + name + "\"", "expected a tensor name, found invalid text");
    }
    expect(parser, JsonToken.START_OBJECT, name, "an object with dtype, shape and data_offsets");
    SafetensorsDType type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      String path = name + "." + field;
      parser.nextToken();
      if (!seen.add(field)) {
        throw fault(Fault.DUPLICATE_KEY, path, "expected each key once, found it twice");
      }
      switch (field) {
        case "dtype" -> type = readType(parser, path);
        case "shape" -> shape = readIntegers(parser, path, MAX_RANK);
        case "data_offsets" -> offsets = readIntegers(parser, path, 2);
        default ->
            throw fault(
                Fault.UNKNOWN_FIELD,
                path,
                "expected only dtype, shape and data_offsets, found another field");
      }
    }
    if (type == null || shape == null || offsets == null) {
      String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw fault(Fault.MISSING_FIELD, name, "expected the field " + missing + ", found none");
    }
    if (offsets.size() != 2) {
      throw fault(
          Fault.WRONG_KIND,
          name + ".data_offsets",
          "expected two integers, found " + offsets.size());
    }
    return tensorInfo(name, type, shape, offsets.get(0), offsets.get(1));
  }

  private SafetensorsDType readType(JsonParser parser, String path) throws IOException {
    expect(parser, JsonToken.VALUE_STRING, path, "a string");
    String text = parser.getText();
    return SafetensorsDType.of(text)
        .orElseThrow(
            () ->
                fault(
                    Fault.UNKNOWN_DTYPE,
                    path,
                    "expected a dtype of the format, found \"" + Shown.value(text) + "\""));
  }

  private List<Long> readIntegers(JsonParser parser, String path, int max) throws IOException {
    expect(parser, JsonToken.START_ARRAY, path, "a list of integers");
    List<Long> integers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser, JsonToken.VALUE_NUMBER_INT, path, "integers");
      String text = parser.getText();
      if (text.startsWith("-")) {
        throw fault(Fault.NEGATIVE, path, "expected integers from 0, found " + Shown.value(text));
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw fault(
            Fault.OVERFLOW, path, "expected integers below 2^63, found " + Shown.value(text));
      }
      integers.add(parser.getLongValue());
      if (integers.size() > max) {
        throw fault(
            Fault.JSON_TOO_LARGE, path, "expected at most " + max + " integers, found more");
      }
    }
    return integers;
  }

  private TensorInfo tensorInfo(
      String name, SafetensorsDType type, List<Long> shape, long begin, long end) {
    if (begin > end) {
      throw fault(
          Fault.OFFSETS_REVERSED,
          name,
          "expected data_offsets in order, found [" + begin + ", " + end + "]");
    }
    long size = sizeOf(name, type, shape);
    if (end - begin != size) {
      throw fault(
          Fault.SIZE_MISMATCH,
          name,
          "expected "
              + size
              + " bytes for "
              + type
              + " "
              + Shown.value(shape)
              + ", found data_offsets of "
              + (end - begin));
    }
    if (end > dataBytes) {
      throw fault(
          Fault.OUTSIDE_FILE,
          name,
          "expected data that ends at byte "
              + end
              + " after the header, found a file with "
              + dataBytes
              + " bytes there");
    }
    return new TensorInfo(name, type, shape, file, dataStart + begin, size);
  }

  private long sizeOf(String name, SafetensorsDType type, List<Long> shape) {
    long bits = type.bits();
    try {
      long elements = 1;
      for (long size : shape) {
        elements = Math.multiplyExact(elements, size);
      }
      bits = Math.multiplyExact(bits, elements);
    } catch (ArithmeticException e) {
      throw fault(
          Fault.OVERFLOW,
          name,
          "expected a size below 2^63 bits, found " + type + " " + Shown.value(shape));
    }
    if (bits % Byte.SIZE != 0) {
      throw fault(
          Fault.PARTIAL_BYTE,
          name,
          "expected whole bytes, found " + bits + " bits for " + type + " " + Shown.value(shape));
    }
    return bits / Byte.SIZE;
  }

  /** Checks that the tensors, in order of offset, fill the file from the header to its end. */
  private void checkCover() {
    long cursor = dataStart;
    String previous = "the header";
    for (TensorInfo tensor : tensors) {
      if (tensor.offset() != cursor) {
        boolean overlap = tensor.offset() < cursor;
        throw fault(
            overlap ? Fault.OVERLAP : Fault.GAP,
            tensor.name(),
            "expected data from byte "
                + (cursor - dataStart)
                + ", where "
                + Shown.name(previous)
                + " ends, found "
                + (tensor.offset() - dataStart));
      }
      cursor += tensor.bytes();
      previous = tensor.name();
    }
    if (cursor != dataStart + dataBytes) {
      throw CheckpointException.of(
          Fault.TRAILING_BYTES,
          file,
          "expected " + (cursor - dataStart) + " bytes after the header, found " + dataBytes);
    }
  }

  private void expect(JsonParser parser, JsonToken token, String path, String expected)
      throws IOException {
    if (parser.currentToken() != token) {
      throw fault(Fault.WRONG_KIND, path, "expected " + expected + ", found " + Json.found(parser));
    }
  }

  private CheckpointException fault(Fault fault, String key, String problem) {
    return CheckpointException.of(fault, file, key, problem);
  }
}
