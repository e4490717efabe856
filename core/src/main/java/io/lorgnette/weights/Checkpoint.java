package io.lorgnette.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Named tensors of one checkpoint: a safetensors file, one that PyTorch saved, a GGUF file, a
 * sharded set of the first two with its index, or a folder that holds one of them.
 *
 * <p>Opening reads the descriptions only and checks them; {@link #get} maps the file. Safe for use
 * by several threads.
 */
public final class Checkpoint implements AutoCloseable {

  /** What a folder may hold; the first found is taken. */
  private static final List<String> USUAL =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private record Place(TensorFile file, TensorInfo info) {}

  private final Path path;
  private final Map<String, Place> places;
  private final Map<String, String> metadata;
  private final List<Path> files;
  private final Map<Path, Tensor> maps = new LinkedHashMap<>();
  private final Checkpoint whole; // of which this is a part, or null
  private final String prefix; // of this part's names in the whole
  private final Precision kept; // null for what the reader asks for
  private String sha256;

  private Checkpoint(Path path, List<TensorFile> parts) {
    this.path = path;
    this.places = new LinkedHashMap<>();
    this.metadata = new LinkedHashMap<>();
    this.files = new ArrayList<>();
    this.whole = null;
    this.prefix = "";
    this.kept = null;
    for (TensorFile part : parts) {
      files.add(part.file());
      metadata.putAll(part.metadata());
      part.infos()
          .forEach(
              (name, info) -> {
                if (places.put(name, new Place(part, info)) != null) {
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
    this.kept = whole.kept;
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

  private Checkpoint(Checkpoint other, Precision kept) {
    this.path = other.path;
    this.places = other.places;
    this.metadata = other.metadata;
    this.files = other.files;
    this.whole = other.whole;
    this.prefix = other.prefix;
    this.kept = kept;
  }

  /**
   * Opens a checkpoint.
   *
   * @param path a file of safetensors, of PyTorch ({@code .bin}, {@code .pt}, {@code .pth}) or of
   *     GGUF, a {@code .index.json} file, or a folder with {@code model.safetensors}, {@code
   *     pytorch_model.bin} or the index of one, or just one GGUF file; safetensors are preferred.
   *     Of a PyTorch file that nests its state dict under {@code state_dict}, {@code
   *     model_state_dict}, {@code model} or {@code module}, that is meant
   * @throws InputException if nothing usable is there; the message says what
   */
  public static Checkpoint open(Path path) {
    if (Files.isDirectory(path)) {
      for (String name : USUAL) {
        if (Files.exists(path.resolve(name))) {
          return open(path.resolve(name));
        }
      }
      return GgufModel.find(path)
          .map(file -> open(file, ""))
          .orElseThrow(
              () ->
                  new InputException(
                      path
                          + " holds neither "
                          + String.join(" nor ", USUAL)
                          + " nor just one GGUF file; give a checkpoint's folder or file"));
    }
    return path.toString().endsWith(".index.json") ? sharded(path) : open(path, "");
  }

  /**
   * Opens one dictionary of a PyTorch file that holds several.
   *
   * @param part its keys from the outermost, joined by dots, as {@code ema.model}
   * @throws InputException if the file lacks it or holds what is not read
   */
  public static Checkpoint open(Path file, String part) {
    return new Checkpoint(file, List.of(TensorFiles.open(file, part)));
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
    Map<String, TensorFile> shards = new LinkedHashMap<>();
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
      TensorFile file =
          shards.computeIfAbsent(shard, name -> TensorFiles.open(index.resolveSibling(name), ""));
      if (!file.infos().containsKey(entry.getKey())) {
        throw new InputException(
            index + " places tensor " + entry.getKey() + " in " + shard + ", which lacks it");
      }
    }
    return new Checkpoint(index, List.copyOf(shards.values()));
  }

  /**
   * The same checkpoint for models whose matrices are to be kept in another form than they are
   * computed in. It takes this one's place: that need not be closed any more.
   */
  public Checkpoint keptAs(Precision precision) {
    close();
    return new Checkpoint(this, precision);
  }

  /** How a model that computes in a format keeps its weights. */
  Precision precision(Dtype compute) {
    return kept == null ? Precision.of(compute) : kept.computedIn(compute);
  }

  /** Bytes that the tensors would take in memory; nothing is read. */
  public long bytes(Precision precision) {
    long bytes = 0;
    for (Map.Entry<String, Place> place : places.entrySet()) {
      TensorInfo info = place.getValue().info();
      bytes +=
          info.dtype().isFloating()
              ? precision.bytes(place.getKey(), info.shape())
              : info.elements() * info.dtype().bytes();
    }
    return bytes;
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
    return place(name).info();
  }

  /**
   * What the files say beside their tensors: the strings of headers, the numbers of state dicts.
   */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** Bytes of all tensors. */
  public long bytes() {
    return places.values().stream().mapToLong(p -> p.info().bytes()).sum();
  }

  /**
   * The tensor as stored, mapped from the file without a copy where its place and form allow it; it
   * belongs to the current {@link Scope} and stays valid after this checkpoint is closed.
   *
   * @throws InputException if the checkpoint lacks the tensor
   */
  public Tensor get(String name) {
    if (whole != null) {
      return whole.get(prefix + name);
    }
    TensorFile file = place(name).file();
    try (Scope scope = Scope.open()) {
      return scope.keep(file.read(name, map(file)));
    }
  }

  private synchronized Tensor map(TensorFile part) {
    return maps.computeIfAbsent(
        part.file(), file -> Scope.release(Tensors.mapFile(file.toString(), part.fileBytes())));
  }

  /** Lets go of the mapped files; they are mapped again when they are needed. */
  synchronized void unmap() {
    if (whole != null) {
      whole.unmap();
    }
    maps.values().forEach(Tensor::close);
    maps.clear();
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
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[1 << 16];
        for (Path file : files) {
          try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            while (in.read(buffer) >= 0) {
              // The digest sees what is read.
            }
          }
        }
        sha256 = Sha256.hex(digest);
      } catch (IOException e) {
        throw new InputException(path + " can not be read: " + e.getMessage(), e);
      }
    }
    return sha256;
  }

  @Override
  public void close() {
    unmap();
  }
}
