package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The tensors of a GGUF file of the LLaMA kind, under the names and in the order of rows that
 * Hugging Face's checkpoints have; quantized ones are widened to F32 when they are read.
 *
 * @param stored name in the file by Hugging Face's name
 * @param heads of matrices whose rows were interleaved for another rotary layout: their heads
 */
record GgufFile(
    GgufHeader header,
    Map<String, String> stored,
    Map<String, Integer> heads,
    Map<String, TensorInfo> infos)
    implements TensorFile {

  private static final int BLOCKS_AT_ONCE = 1 << 14;

  /**
   * Reads what the file says.
   *
   * @throws InputException if it is broken or of an architecture that is not read
   */
  static GgufFile open(Path file) {
    return of(GgufModel.of(GgufHeader.read(file)));
  }

  private static GgufFile of(GgufModel model) {
    Map<String, String> stored = new LinkedHashMap<>();
    Map<String, Integer> heads = new LinkedHashMap<>();
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    model
        .header()
        .tensors()
        .forEach(
            (name, entry) -> {
              String own = model.huggingFaceName(name);
              if (own == null) {
                return;
              }
              stored.put(own, name);
              infos.put(
                  own,
                  new TensorInfo(
                      entry.format().dtype(), entry.shape(), entry.format().name(), entry.bytes()));
              int interleaved = model.interleavedHeads(name);
              if (interleaved > 0) {
                if (entry.shape().get(0) % (2L * interleaved) != 0) {
                  throw new InputException(
                      model.header().file()
                          + " shares the rows of "
                          + name
                          + " "
                          + entry.shape()
                          + " among "
                          + interleaved
                          + " heads; it contradicts itself, fetch it again");
                }
                heads.put(own, interleaved);
              }
            });
    return new GgufFile(model.header(), stored, heads, Collections.unmodifiableMap(infos));
  }

  @Override
  public Path file() {
    return header.file();
  }

  @Override
  public long fileBytes() {
    return header.fileBytes();
  }

  @Override
  public Map<String, String> metadata() {
    Map<String, String> texts = new LinkedHashMap<>();
    header
        .metadata()
        .forEach(
            (key, value) -> {
              if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                texts.put(key, String.valueOf(value));
              }
            });
    return texts;
  }

  @Override
  public Tensor read(String name, Tensor map) {
    GgufHeader.Entry entry = header.tensors().get(stored.get(name));
    long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
    Tensor tensor =
        entry.format().quantized()
            ? widened(entry, map, shape)
            : TensorFile.flat(
                    map, entry.begin(), infos.get(name).elements(), entry.format().dtype())
                .view(shape);
    return heads.containsKey(name) ? inOrder(tensor, heads.get(name)) : tensor;
  }

  private static Tensor widened(GgufHeader.Entry entry, Tensor map, long[] shape) {
    GgufFormat format = entry.format();
    Tensor tensor = Tensors.empty(Dtype.F32, Device.CPU, shape);
    long blocks = entry.bytes() / format.blockBytes();
    for (long at = 0; at < blocks; at += BLOCKS_AT_ONCE) {
      int count = (int) Math.min(BLOCKS_AT_ONCE, blocks - at);
      ByteBuffer in =
          Tensors.bytesAt(
                  map, entry.begin() + at * format.blockBytes(), count * format.blockBytes())
              .order(ByteOrder.LITTLE_ENDIAN);
      FloatBuffer out =
          Tensors.bytesAt(tensor, at * format.blockValues() * 4, count * format.blockValues() * 4)
              .asFloatBuffer();
      for (int i = 0; i < count; i++) {
        format.widen(in, out);
      }
    }
    return tensor;
  }

  /**
   * Undoes the interleaving of a head's two halves: {@code [h d, ...]}, where row {@code 2 i + s}
   * of a head goes back to {@code s d / 2 + i}.
   */
  private static Tensor inOrder(Tensor rows, long heads) {
    long[] shape = Tensors.shape(rows);
    long half = shape[0] / heads / 2;
    return rows.view(heads, half, 2, rows.numel() / shape[0])
        .transpose(1, 2)
        .contiguous()
        .view(shape);
  }
}
