package io.lorgnette.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The header of one safetensors file, checked as hostile input: lengths, formats, shapes, ranges,
 * overlaps and gaps, before any tensor is touched.
 *
 * @param fileBytes size of the file
 * @param begins first byte of each tensor in the file
 */
record SafetensorsHeader(
    Path file,
    long fileBytes,
    Map<String, TensorInfo> infos,
    Map<String, Long> begins,
    Map<String, String> metadata)
    implements TensorFile {

  /** The reference implementation's limit. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Where a tensor lies, counted from the end of the header. */
  private record Entry(TensorInfo info, long begin, long end) {}

  static SafetensorsHeader read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      readFully(file, channel, length, 0);
      long headerBytes = length.getLong(0);
      if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > size - 8) {
        throw broken(
            file,
            "says its header has "
                + Long.toUnsignedString(headerBytes)
                + " bytes, but the file has "
                + size);
      }
      ByteBuffer header = ByteBuffer.allocate((int) headerBytes);
      readFully(file, channel, header, 8);
      return parse(file, header.array(), 8 + headerBytes, size);
    } catch (NoSuchFileException e) {
      throw new InputException(file + " does not exist; give the path of a checkpoint", e);
    } catch (IOException e) {
      String what = Files.isDirectory(file) ? "is a folder" : "can not be read: " + e.getMessage();
      throw new InputException(file + " " + what + "; expected a safetensors file", e);
    }
  }

  private static void readFully(Path file, FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    while (into.hasRemaining()) {
      int count = channel.read(into, position + into.position());
      if (count < 0) {
        throw broken(file, "ends after " + channel.size() + " bytes");
      }
    }
  }

  private static SafetensorsHeader parse(Path file, byte[] header, long dataStart, long fileBytes) {
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw broken(file, "has a header that is not JSON (" + e.getOriginalMessage() + ")");
    } catch (IOException e) {
      throw broken(file, "has a header that can not be read (" + e.getMessage() + ")");
    }
    if (!root.isObject()) {
      throw broken(file, "has a header that is not a JSON object");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals("__metadata__")) {
        readMetadata(file, field.getValue(), metadata);
      } else {
        entries.put(field.getKey(), readEntry(file, field.getKey(), field.getValue()));
      }
    }
    checkLayout(file, entries, fileBytes - dataStart);
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    Map<String, Long> begins = new HashMap<>();
    entries.forEach(
        (name, entry) -> {
          infos.put(name, entry.info());
          begins.put(name, dataStart + entry.begin());
        });
    return new SafetensorsHeader(
        file,
        fileBytes,
        Collections.unmodifiableMap(infos),
        begins,
        Collections.unmodifiableMap(metadata));
  }

  private static void readMetadata(Path file, JsonNode node, Map<String, String> into) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw broken(file, "has metadata " + field.getKey() + " that is not a string");
      }
      into.put(field.getKey(), field.getValue().textValue());
    }
  }

  private static Entry readEntry(Path file, String name, JsonNode node) {
    JsonNode offsets = node.path("data_offsets");
    JsonNode shape = node.path("shape");
    if (!shape.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw broken(file, "describes tensor " + name + " without dtype, shape and data_offsets");
    }
    Dtype dtype = dtype(file, name, node.path("dtype").asText());
    List<Long> sizes = new ArrayList<>();
    long bytes = dtype.bytes();
    for (JsonNode size : shape) {
      if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
        throw broken(file, "gives tensor " + name + " the impossible shape " + shape);
      }
      try {
        bytes = Math.multiplyExact(bytes, size.longValue());
      } catch (ArithmeticException e) {
        throw broken(file, "gives tensor " + name + " the impossible shape " + shape);
      }
      sizes.add(size.longValue());
    }
    if (!offsets.get(0).canConvertToLong() || !offsets.get(1).canConvertToLong()) {
      throw broken(file, "gives tensor " + name + " the impossible place " + offsets);
    }
    long begin = offsets.get(0).longValue();
    long end = offsets.get(1).longValue();
    if (begin < 0 || end < begin || end - begin != bytes) {
      throw broken(
          file,
          "gives tensor "
              + name
              + " the place "
              + offsets
              + ", but its shape "
              + shape
              + " needs "
              + bytes
              + " bytes");
    }
    return new Entry(new TensorInfo(dtype, sizes), begin, end);
  }

  private static Dtype dtype(Path file, String name, String stored) {
    for (Dtype dtype : Dtype.values()) {
      if (dtype.safetensorsName().equals(stored)) {
        return dtype;
      }
    }
    throw broken(file, "stores tensor " + name + " in the unsupported format '" + stored + "'");
  }

  private static void checkLayout(Path file, Map<String, Entry> entries, long dataBytes) {
    List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
    ordered.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long position = 0;
    for (Map.Entry<String, Entry> entry : ordered) {
      if (entry.getValue().begin() != position) {
        throw broken(
            file,
            "has "
                + (entry.getValue().begin() < position ? "an overlap" : "a gap")
                + " before tensor "
                + entry.getKey()
                + " at byte "
                + entry.getValue().begin());
      }
      position = entry.getValue().end();
    }
    if (position != dataBytes) {
      throw broken(
          file,
          "should hold " + position + " bytes of tensors but holds " + dataBytes + " (truncated?)");
    }
  }

  @Override
  public Tensor read(String name, Tensor map) {
    TensorInfo info = infos.get(name);
    return TensorFile.flat(map, begins.get(name), info.elements(), info.dtype())
        .view(info.shape().stream().mapToLong(Long::longValue).toArray());
  }

  private static InputException broken(Path file, String what) {
    return new InputException(
        file + " " + what + "; it is not a whole safetensors file, fetch or write it again");
  }
}
