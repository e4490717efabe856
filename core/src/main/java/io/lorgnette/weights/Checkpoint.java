package io.lorgnette.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Named tensors of one checkpoint: a safetensors file, a sharded set with its index, or a folder
 * that holds either.
 *
 * <p>Opening reads the headers only and checks them; {@link #get} maps the file. Safe for use by
 * several threads.
 */
public final class Checkpoint implements AutoCloseable {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private record Place(SafetensorsHeader header, SafetensorsHeader.Entry entry) {}

  private final Path path;
  private final Map<String, Place> places;
  private final Map<String, String> metadata;
  private final List<Path> files;
  private final Map<Path, Tensor> maps = new LinkedHashMap<>();
  private final Checkpoint whole; // of which this is a part, or null
  private final String prefix; // of this part's names in the whole
  private String sha256;

  private Checkpoint(Path path, List<SafetensorsHeader> headers) {
    this.path = path;
    this.places = new LinkedHashMap<>();
    this.metadata = new LinkedHashMap<>();
    this.files = new ArrayList<>();
    this.whole = null;
    this.prefix = "";
    for (SafetensorsHeader header : headers) {
      files.add(header.file());
      metadata.putAll(header.metadata());
      header
          .entries()
          .forEach(
              (name, entry) -> {
                if (places.put(name, new Place(header, entry)) != null) {
                  throw new InputException(
                      path + " holds tensor " + name + " in two of its files; keep one");
                }
              });
    }
  }

  private Checkpoint(Checkpoint whole, String prefix) {
    this.path = whole.path;
    this.places = new LinkedHashMap<>();
    this.metadata = whole.metadata;
    this.files = whole.files;
    this.whole = whole;
    this.prefix = prefix;
    whole.places.forEach(
        (name, place) -> {
          if (name.startsWith(prefix)) {
            places.put(name.substring(prefix.length()), place);
          }
        });
  }

  /**
   * The tensors of one part of a larger model: those whose names begin with a prefix, by the rest
   * of their names. It reads through this checkpoint, which stays open as long and is closed alone.
   */
  public Checkpoint under(String prefix) {
    return new Checkpoint(this, prefix);
  }

  /**
   * Opens a checkpoint.
   *
   * @param path a {@code .safetensors} file, a {@code .safetensors.index.json} file, or a folder
   *     with {@code model.safetensors} or its index
   * @throws InputException if nothing usable is there; the message says what
   */
  public static Checkpoint open(Path path) {
    if (Files.isDirectory(path)) {
      if (Files.exists(path.resolve(SINGLE))) {
        return single(path.resolve(SINGLE));
      }
      if (Files.exists(path.resolve(INDEX))) {
        return sharded(path.resolve(INDEX));
      }
      throw new InputException(
          path + " holds neither " + SINGLE + " nor " + INDEX + "; give a checkpoint's folder");
    }
    return path.toString().endsWith(".index.json") ? sharded(path) : single(path);
  }

  private static Checkpoint single(Path file) {
    return new Checkpoint(file, List.of(SafetensorsHeader.read(file)));
  }

  private static Checkpoint sharded(Path index) {
    JsonNode map;
    try {
      map = new ObjectMapper().readTree(Files.readAllBytes(index)).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new InputException(
          index + " is not JSON (" + e.getOriginalMessage() + "); fetch it again", e);
    } catch (IOException e) {
      throw new InputException(index + " can not be read: " + e.getMessage(), e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new InputException(index + " has no weight_map; expected the index of a checkpoint");
    }
    Map<String, SafetensorsHeader> shards = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String shard = entry.getValue().asText();
      if (shard.isEmpty() || shard.contains("/") || shard.contains("\\")) {
        throw new InputException(
            index
                + " places tensor "
                + entry.getKey()
                + " in '"
                + shard
                + "', not a file beside it");
      }
      SafetensorsHeader header =
          shards.computeIfAbsent(shard, name -> SafetensorsHeader.read(index.resolveSibling(name)));
      if (!header.entries().containsKey(entry.getKey())) {
        throw new InputException(
            index + " places tensor " + entry.getKey() + " in " + shard + ", which lacks it");
      }
    }
    return new Checkpoint(index, List.copyOf(shards.values()));
  }

  /** The file that was opened. */
  public Path path() {
    return path;
  }

  public Set<String> names() {
    return Collections.unmodifiableSet(places.keySet());
  }

  /**
   * Format and shape of a tensor.
   *
   * @throws InputException if the checkpoint lacks the tensor
   */
  public TensorInfo info(String name) {
    return place(name).entry().info();
  }

  /** The free-form strings of the headers. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** Bytes of all tensors. */
  public long bytes() {
    return places.values().stream().mapToLong(p -> p.entry().info().bytes()).sum();
  }

  /**
   * The tensor as stored, mapped from the file without a copy where its place is aligned; it
   * belongs to the current {@link Scope} and stays valid after this checkpoint is closed.
   *
   * @throws InputException if the checkpoint lacks the tensor
   */
  public Tensor get(String name) {
    if (whole != null) {
      return whole.get(prefix + name);
    }
    Place place = place(name);
    long[] shape = place.entry().info().shape().stream().mapToLong(Long::longValue).toArray();
    try (Scope scope = Scope.open()) {
      long begin = place.header().dataStart() + place.entry().begin();
      long length = place.entry().end() - place.entry().begin();
      var dtype = place.entry().info().dtype();
      Tensor bytes = map(place.header()).narrow(0, begin, length);
      if (begin % dtype.bytes() != 0) {
        bytes = bytes.clone();
      }
      return scope.keep(bytes.view(dtype.scalarType()).view(shape));
    }
  }

  private synchronized Tensor map(SafetensorsHeader header) {
    return maps.computeIfAbsent(
        header.file(), file -> Scope.release(Tensors.mapFile(file.toString(), header.fileBytes())));
  }

  private Place place(String name) {
    Place place = places.get(name);
    if (place == null) {
      throw new InputException(
          path + " has no tensor " + prefix + name + "; it holds " + places.size() + " others");
    }
    return place;
  }

  /**
   * SHA-256 over the bytes of the files, in hexadecimal: the identity of the weights. Read once,
   * then remembered.
   */
  public synchronized String sha256() {
    if (whole != null) {
      return whole.sha256();
    }
    if (sha256 == null) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[1 << 16];
        for (Path file : files) {
          try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            while (in.read(buffer) >= 0) {
              // The digest sees what is read.
            }
          }
        }
        sha256 = HexFormat.of().formatHex(digest.digest());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      } catch (IOException e) {
        throw new InputException(path + " can not be read: " + e.getMessage(), e);
      }
    }
    return sha256;
  }

  @Override
  public synchronized void close() {
    maps.values().forEach(Tensor::close);
    maps.clear();
  }
}
