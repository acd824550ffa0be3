package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.engine.checkpoint.Raw.entry;
import static rankine.engine.checkpoint.Raw.refused;
import static rankine.engine.checkpoint.Raw.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.Fault;

/** Symbolic links in checkpoint folders: which are followed and which are refused. */
class CheckpointLinksTest {
  @TempDir Path outside;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(outside.resolve("checkpoint"));
    Raw.write(folder.resolve("config.json"), "{\"model_type\":\"x\"}");
  }

  private void refuse(Fault fault, String... parts) {
    refused(fault, () -> Checkpoint.open(folder).close(), parts);
  }

  @Test
  void refusesShardsOutsideTheFolder() throws IOException {
    Raw.shard(folder, "../s", "a");
    Raw.shard(folder, "inside", "a");
    for (String path : List.of("../s", "x/../../s", outside.resolve("s").toString(), "./../s")) {
      Raw.index(folder, "{\"a\":\"" + path + "\"}");
      refuse(Fault.SHARD_OUTSIDE_FOLDER, "model.safetensors.index.json: " + path + ": ");
    }
    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("s"));
    Raw.index(folder, "{\"a\":\"link\"}");
    refuse(Fault.SHARD_OUTSIDE_FOLDER, "model.safetensors.index.json: link: ", "found a link to ");
    Files.createSymbolicLink(folder.resolve("up"), outside);
    Raw.index(folder, "{\"a\":\"up/s\"}");
    refuse(Fault.SHARD_OUTSIDE_FOLDER, "up/s: ");
    Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
    Raw.index(folder, "{\"a\":\"loop\"}");
    refuse(Fault.NO_SHARD);
    Files.createSymbolicLink(folder.resolve("within"), Path.of("inside"));
    Raw.index(folder, "{\"a\":\"within\"}");
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertTrue(checkpoint.find("a").isPresent());
    }
  }

  /** The cache of Hugging Face: {@code REPOSITORY/snapshots/REVISION} links to its blobs. */
  @Test
  void followsLinksToTheBlobsOfItsRepository() throws IOException {
    Path repository = Files.createDirectories(outside.resolve("models--a--b"));
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path snapshot = repository.resolve("snapshots/0a1b");
    Files.createDirectories(snapshot.getParent());
    Raw.shard(folder, "s", "a");
    Files.move(folder, snapshot);
    folder = snapshot;
    Raw.index(folder, "{\"a\":\"s\"}");
    for (String name : List.of("s", "config.json", "model.safetensors.index.json")) {
      Files.move(snapshot.resolve(name), blobs.resolve(name + "-hash"));
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/" + name + "-hash"));
    }
    Path alias = Files.createSymbolicLink(outside.resolve("alias"), snapshot);
    for (Path opened : List.of(snapshot, alias)) {
      try (Checkpoint checkpoint = Checkpoint.open(opened)) {
        assertTrue(checkpoint.find("a").isPresent());
        assertEquals(64, checkpoint.hash().length());
      }
    }
    // Blobs of another repository, and other files of this one, stay outside.
    for (String other : List.of("models--a--c/blobs", "models--a--b/refs", "models--a--b/blobs2")) {
      Path target = Files.createDirectories(outside.resolve(other)).resolve("x");
      Files.copy(blobs.resolve("s-hash"), target);
      Files.delete(snapshot.resolve("s"));
      Files.createSymbolicLink(snapshot.resolve("s"), target);
      refuse(Fault.SHARD_OUTSIDE_FOLDER, "s: ", "found a link to ");
    }
  }

  /** A link to nothing is not an absent file: the index may not take its place. */
  @Test
  void refusesDanglingLinks() throws IOException {
    Raw.shard(folder, "s", "a");
    Raw.index(folder, "{\"a\":\"s\"}");
    Path single = folder.resolve("model.safetensors");
    Files.createSymbolicLink(single, Path.of("nowhere"));
    refuse(Fault.IO, "model.safetensors: expected a regular file, found a link to nothing");
    Files.delete(single);
    Files.delete(folder.resolve("config.json"));
    Files.createSymbolicLink(folder.resolve("config.json"), Path.of("nowhere"));
    refuse(Fault.IO, "config.json: expected a regular file, found a link to nothing");
  }

  @Test
  void followsLinksInTheFolder() throws IOException {
    Raw.write(
        folder.resolve("model.safetensors"),
        safetensors("{" + entry("a", "U8", "[1]", 0, 1) + "}", 1));
    Files.move(folder.resolve("model.safetensors"), outside.resolve("blob"));
    Files.move(folder.resolve("config.json"), outside.resolve("config"));
    Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("../blob"));
    Files.createSymbolicLink(folder.resolve("config.json"), Path.of("../config"));
    Path alias = Files.createSymbolicLink(outside.resolve("alias"), folder);
    try (Checkpoint checkpoint = Checkpoint.open(alias)) {
      assertTrue(checkpoint.find("a").isPresent());
      assertEquals(64, checkpoint.hash().length());
    }
  }

  @Test
  void followsALinkToAShardedFolder() throws IOException {
    Raw.shard(folder, "s", "a");
    Raw.index(folder, "{\"a\":\"s\"}");
    Path alias = Files.createSymbolicLink(outside.resolve("alias"), folder);
    try (Checkpoint checkpoint = Checkpoint.open(alias)) {
      assertTrue(checkpoint.find("a").isPresent());
    }
  }
}
