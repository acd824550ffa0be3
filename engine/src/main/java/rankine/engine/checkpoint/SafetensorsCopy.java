package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/**
 * Copies a safetensors file with added metadata. Tensors keep their order, types and shapes unless
 * the edit replaces them, and their bytes unless the edit overwrites them. The operating system
 * copies the data, so it does not have to fit in memory.
 */
final class SafetensorsCopy {
  private final SafetensorsHeader header;
  private final TensorEdit edit;

  /** The replacements of each tensor; empty if the tensor is kept. */
  private final List<List<NewTensor>> replacements = new ArrayList<>();

  private SafetensorsCopy(SafetensorsHeader header, TensorEdit edit) {
    this.header = header;
    this.edit = edit;
    header.tensors().forEach(tensor -> replacements.add(edit.replacement(tensor)));
  }

  /**
   * Writes {@code copy}, which must not exist, and syncs it to disk.
   *
   * @param added entries added to the metadata of the original; they replace entries of the same
   *     key
   * @return the replaced tensors, each with its replacements
   */
  static Map<String, List<NewTensor>> write(
      Path original, Path copy, Map<String, String> added, TensorEdit edit) {
    SafetensorsCopy plan = new SafetensorsCopy(SafetensorsHeader.read(original), edit);
    byte[] json = plan.json(added);
    try (FileChannel from = Channels.open(original);
        FileChannel to =
            FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      HeaderWriter.write(to, json);
      plan.write(from, to);
      to.force(true);
    } catch (IOException e) {
      throw CheckpointException.io(copy, "cannot be written", e);
    }
    return plan.replaced();
  }

  private void write(FileChannel from, FileChannel to) throws IOException {
    for (int i = 0; i < replacements.size(); i++) {
      TensorInfo tensor = header.tensors().get(i);
      long start = to.position();
      if (replacements.get(i).isEmpty()) {
        long end = tensor.offset() + tensor.bytes();
        Channels.transfer(from, tensor.offset(), end, to);
        edit.apply(
            tensor,
            (offset, bytes) -> {
              Objects.checkFromIndexSize(offset, (long) bytes.remaining(), tensor.bytes());
              Channels.writeFully(to.position(start + offset), bytes);
            });
        to.position(start + tensor.bytes());
      } else {
        SafetensorsWriter.append(to, replacements.get(i));
      }
    }
  }

  private Map<String, List<NewTensor>> replaced() {
    Map<String, List<NewTensor>> replaced = new LinkedHashMap<>();
    for (int i = 0; i < replacements.size(); i++) {
      if (!replacements.get(i).isEmpty()) {
        replaced.put(header.tensors().get(i).name(), replacements.get(i));
      }
    }
    return replaced;
  }

  private byte[] json(Map<String, String> added) {
    Map<String, String> metadata = new LinkedHashMap<>(header.metadata());
    metadata.putAll(added);
    List<HeaderWriter.TensorHeader> entries = new ArrayList<>();
    for (int i = 0; i < replacements.size(); i++) {
      TensorInfo t = header.tensors().get(i);
      if (replacements.get(i).isEmpty()) {
        entries.add(new HeaderWriter.TensorHeader(t.name(), t.type(), t.shape(), t.bytes()));
      } else {
        replacements.get(i).forEach(tensor -> entries.add(SafetensorsWriter.entry(tensor)));
      }
    }
    try {
      return HeaderWriter.json(metadata, entries);
    } catch (IllegalArgumentException e) {
      throw CheckpointException.of(
          Fault.HEADER_TOO_LARGE,
          header.file(),
          "expected room for metadata in a header of at most "
              + SafetensorsHeader.MAX_HEADER_BYTES
              + " bytes, found "
              + e.getMessage());
    }
  }
}
