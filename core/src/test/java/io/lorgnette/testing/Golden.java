package io.lorgnette.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reference values stored in a folder of test resources: {@code golden.json}, and a safetensors
 * file whose tensors are handed out as plain arrays in row-major order.
 *
 * <pre>{@code
 * Golden golden = Golden.open("goldens/gpt2");
 * float[] logits = golden.floats("logits");
 * long[] shape = golden.shape("logits");
 * int beams = golden.json().path("beams").asInt();
 * Path checkpoint = golden.path("checkpoint");
 * }</pre>
 *
 * <p>A minimal reader for small files in memory. Immutable once opened; safe for many threads.
 */
public final class Golden {

  private static final ObjectMapper JSON = new ObjectMapper();

  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Entry(String dtype, long[] shape, int begin, int end) {}

  private final Path folder;
  private final Path tensorFile;
  private final Map<String, Entry> entries = new TreeMap<>();
  private byte[] data = new byte[0];
  private int dataStart;

  private Golden(Path folder, Path tensorFile) {
    this.folder = folder;
    this.tensorFile = tensorFile;
  }

  /**
   * Opens a folder of test resources and, where it has one, its {@code golden.safetensors}.
   *
   * @param resourceFolder name below the resource root, for example {@code goldens/gpt2}
   */
  public static Golden open(String resourceFolder) {
    return open(resourceFolder, "golden.safetensors");
  }

  /**
   * Opens a folder of test resources with another safetensors file.
   *
   * @param resourceFolder name below the resource root
   * @param safetensors file name inside that folder; a folder may also be without it, and then has
   *     no tensors
   */
  public static Golden open(String resourceFolder, String safetensors) {
    Path folder = resource(resourceFolder);
    Golden golden = new Golden(folder, folder.resolve(safetensors));
    if (Files.exists(golden.tensorFile)) {
      golden.readTensors();
    } else if (!safetensors.equals("golden.safetensors")) {
      throw new IllegalArgumentException("no such golden: " + golden.tensorFile);
    }
    return golden;
  }

  /** The folder or file of test resources with this name, on disk. */
  public static Path resource(String name) {
    URL url = Golden.class.getClassLoader().getResource(name);
    if (url == null) {
      throw new IllegalArgumentException("no test resource " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("test resource " + name + " has no path: " + url, e);
    }
  }

  /** A file or folder inside this golden's folder. */
  public Path path(String file) {
    return folder.resolve(file);
  }

  /** {@code golden.json}, parsed anew at each call. */
  public JsonNode json() {
    return json("golden.json");
  }

  /** Another JSON file of this folder. */
  public JsonNode json(String file) {
    try {
      return JSON.readTree(Files.readAllBytes(folder.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of all tensors, sorted. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Shape as stored; empty for a scalar. */
  public long[] shape(String name) {
    return entry(name).shape().clone();
  }

  /** Stored format by its safetensors name, for example {@code BF16}. */
  public String dtype(String name) {
    return entry(name).dtype();
  }

  /** All values widened (or, from F64, I64 and I32, rounded) to float; booleans are 0 and 1. */
  public float[] floats(String name) {
    double[] wide = doubles(name);
    float[] values = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  /** All values as double; booleans are 0 and 1. */
  public double[] doubles(String name) {
    Entry entry = entry(name);
    ByteBuffer in = buffer(entry);
    double[] values = new double[count(entry)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (entry.dtype()) {
            case "F64" -> in.getDouble();
            case "F32" -> in.getFloat();
            case "F16" -> halfToFloat(in.getShort());
            case "BF16" -> Float.intBitsToFloat(in.getShort() << 16);
            default -> integer(in, entry.dtype());
          };
    }
    return values;
  }

  /** All values of an integer or boolean tensor. */
  public long[] longs(String name) {
    Entry entry = entry(name);
    ByteBuffer in = buffer(entry);
    long[] values = new long[count(entry)];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(in, entry.dtype());
    }
    return values;
  }

  /** The stored bytes as they are, little-endian: for U8, BOOL, or comparing bit by bit. */
  public byte[] bytes(String name) {
    Entry entry = entry(name);
    byte[] values = new byte[entry.end() - entry.begin()];
    buffer(entry).get(values);
    return values;
  }

  private static long integer(ByteBuffer in, String dtype) {
    return switch (dtype) {
      case "I64" -> in.getLong();
      case "I32" -> in.getInt();
      case "I16" -> in.getShort();
      case "I8" -> in.get();
      case "U8" -> in.get() & 0xFF;
      case "BOOL" -> in.get() == 0 ? 0 : 1;
      default -> throw new IllegalArgumentException(dtype + " holds no integers");
    };
  }

  /** IEEE 754 binary16 to float; JDK 17 has no such method. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int bits = exponent == 31 ? 0x7F800000 : (exponent + 112) << 23;
    return Float.intBitsToFloat(sign | bits | (fraction << 13));
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "no tensor " + name + " in " + tensorFile + "; it has " + entries.keySet());
    }
    return entry;
  }

  private ByteBuffer buffer(Entry entry) {
    return ByteBuffer.wrap(data, dataStart + entry.begin(), entry.end() - entry.begin())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int count(Entry entry) {
    long count = 1;
    for (long size : entry.shape()) {
      count = Math.multiplyExact(count, size);
    }
    return Math.toIntExact(count);
  }

  private static int width(String dtype) {
    return switch (dtype) {
      case "F64", "I64" -> 8;
      case "F32", "I32" -> 4;
      case "F16", "BF16", "I16" -> 2;
      case "I8", "U8", "BOOL" -> 1;
      default -> throw new IllegalArgumentException("no reader for dtype " + dtype);
    };
  }

  private void readTensors() {
    try {
      data = Files.readAllBytes(tensorFile);
      ByteBuffer file = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
      int headerLength = Math.toIntExact(file.getLong());
      dataStart = 8 + headerLength;
      JsonNode header = JSON.readTree(data, 8, headerLength);
      for (Map.Entry<String, JsonNode> field : header.properties()) {
        if (!field.getKey().equals("__metadata__")) {
          entries.put(field.getKey(), parse(field.getValue()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entry parse(JsonNode node) {
    JsonNode sizes = node.get("shape");
    long[] shape = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).longValue();
    }
    JsonNode offsets = node.get("data_offsets");
    Entry entry =
        new Entry(
            node.get("dtype").textValue(),
            shape,
            offsets.get(0).intValue(),
            offsets.get(1).intValue());
    if ((long) count(entry) * width(entry.dtype()) != entry.end() - entry.begin()) {
      throw new IllegalArgumentException("broken safetensors entry: " + node);
    }
    return entry;
  }
}
