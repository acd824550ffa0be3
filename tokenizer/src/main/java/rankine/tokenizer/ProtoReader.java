package rankine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import rankine.common.TokenizerException;

/**
 * Reads one message in protobuf's wire format: call {@link #next}, check {@link #field}, then read
 * the value with the accessor of its type. Skips a value that is not read. Refuses a value that
 * exceeds the message or has another wire type than its accessor.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final String file;
  private final byte[] bytes;
  private final int end;
  private int position;
  private int field;
  private int wireType;
  private boolean consumed = true;

  ProtoReader(String file, byte[] bytes) {
    this(file, bytes, 0, bytes.length);
  }

  private ProtoReader(String file, byte[] bytes, int from, int to) {
    this.file = file;
    this.bytes = bytes;
    this.position = from;
    this.end = to;
  }

  /** Advances to the next field; returns false at the end of the message. */
  boolean next() {
    if (!consumed) {
      skip();
    }
    if (position == end) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 32 != 0 || field == 0) {
      throw fault("a field number", "tag " + Long.toUnsignedString(tag));
    }
    consumed = false;
    return true;
  }

  /** The number of the current field. */
  int field() {
    return field;
  }

  boolean bool() {
    return integer() != 0;
  }

  int integer() {
    expectType(VARINT);
    return (int) readVarint();
  }

  float float32() {
    expectType(FIXED32);
    require(4);
    int bits = 0;
    for (int i = 3; i >= 0; i--) {
      bits = (bits << 8) | (bytes[position + i] & 0xFF);
    }
    position += 4;
    return Float.intBitsToFloat(bits);
  }

  String string() {
    expectType(BYTES);
    int length = length();
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, position, length))
              .toString();
      position += length;
      return text;
    } catch (CharacterCodingException e) {
      throw TokenizerException.of(file, location(), "UTF-8 text", "other bytes", e);
    }
  }

  ProtoReader message() {
    expectType(BYTES);
    int length = length();
    position += length;
    return new ProtoReader(file, bytes, position - length, position);
  }

  /** Skips a length-delimited value and returns its length in bytes. */
  int byteCount() {
    expectType(BYTES);
    return skipDelimited();
  }

  private int skipDelimited() {
    int length = length();
    position += length;
    return length;
  }

  private void expectType(int expected) {
    if (wireType != expected) {
      throw fault("wire type " + expected + " for field " + field, Integer.toString(wireType));
    }
    consumed = true;
  }

  private void skip() {
    switch (wireType) {
      case VARINT -> readVarint();
      case FIXED64 -> position += require(8);
      case BYTES -> skipDelimited();
      case FIXED32 -> position += require(4);
      default -> throw fault("a wire type of 0, 1, 2 or 5", Integer.toString(wireType));
    }
    consumed = true;
  }

  private int length() {
    long length = readVarint();
    if (length < 0 || length > end - position) {
      throw fault("a length of at most " + (end - position), Long.toUnsignedString(length));
    }
    return (int) length;
  }

  private int require(int length) {
    if (length > end - position) {
      throw fault(length + " bytes", (end - position) + " bytes before the end");
    }
    return length;
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      require(1);
      byte b = bytes[position++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw fault("a varint of at most ten bytes", "a longer one");
  }

  private String location() {
    return "byte " + position;
  }

  private TokenizerException fault(String expected, String found) {
    return TokenizerException.of(file, location(), expected, found);
  }
}
