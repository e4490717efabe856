package io.lorgnette.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Writes safetensors files. */
public final class Safetensors {

  private static final int WINDOW = 1 << 26;

  private Safetensors() {}

  /**
   * Writes named tensors to a temporary file beside the target, forces it to disk and moves it into
   * place: the target is the old file or the whole new one, never half of it.
   *
   * @param metadata strings for the header, e.g. the identity of the backbones
   * @throws UncheckedIOException if the disk fails; the target is then untouched
   */
  public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata) {
    Path folder = target.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
      try {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          writeTo(channel, tensors, metadata);
          channel.force(true);
        }
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + target + ": " + e.getMessage(), e);
    }
  }

  private static void writeTo(
      FileChannel channel, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    // Wide formats first: every tensor then starts at a multiple of its element size.
    List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(
        Comparator.comparingInt((Map.Entry<String, Tensor> e) -> -dtype(e).bytes())
            .thenComparing(Map.Entry::getKey));
    ObjectNode header = new ObjectMapper().createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = header.putObject("__metadata__");
      metadata.forEach(strings::put);
    }
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : ordered) {
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", dtype(entry).safetensorsName());
      var shape = node.putArray("shape");
      for (long size : Tensors.shape(entry.getValue())) {
        shape.add(size);
      }
      long end = offset + entry.getValue().numel() * dtype(entry).bytes();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    String json = header.toString();
    byte[] text = (json + " ".repeat(padding(json))).getBytes(StandardCharsets.UTF_8);
    writeFully(
        channel, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).flip());
    writeFully(channel, ByteBuffer.wrap(text));
    for (Map.Entry<String, Tensor> entry : ordered) {
      writeTensor(channel, entry.getValue());
    }
  }

  private static int padding(String json) {
    return (8 - json.getBytes(StandardCharsets.UTF_8).length % 8) % 8;
  }

  private static void writeTensor(FileChannel channel, Tensor tensor) throws IOException {
    try (Scope scope = Scope.open()) {
      Tensor plain = Tensors.to(tensor.detach(), Device.CPU).contiguous();
      long bytes = plain.nbytes();
      for (long at = 0; at < bytes; at += WINDOW) {
        writeFully(channel, Tensors.bytesAt(plain, at, (int) Math.min(WINDOW, bytes - at)));
      }
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static Dtype dtype(Map.Entry<String, Tensor> entry) {
    return Tensors.dtype(entry.getValue());
  }
}
