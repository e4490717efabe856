package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint that PyTorch saved: the zip form of 1.6 and later (TorchScript archives too), or the
 * older row of pickles. Only {@linkplain Pickle data is read}; nothing is run or decompressed.
 *
 * @param tensors by name
 * @param begins first byte of each storage, by its key
 */
record TorchFile(
    Path file,
    long fileBytes,
    Map<String, TorchTensor> tensors,
    Map<String, Long> begins,
    Map<String, TensorInfo> infos,
    Map<String, String> metadata)
    implements TensorFile {

  private static final String KIND = "PyTorch checkpoint";
  private static final String PICKLE = "data.pkl";
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long LEGACY_PROTOCOL = 1001;

  /** Where a storage lies. */
  private record Place(long begin, long bytes) {}

  /**
   * Reads the zip form.
   *
   * @param part as in {@link StateDict#of}
   * @throws InputException if the file is broken or holds what is not read
   */
  static TorchFile zip(Path file, String part) {
    try (FileBytes in = FileBytes.open(file, KIND)) {
      ZipDirectory zip = ZipDirectory.read(in);
      String folder = folder(in, zip);
      if (zip.members().containsKey(folder + "byteorder")) {
        ZipDirectory.Member order = stored(in, zip, folder + "byteorder");
        byte[] text = in.range(order.begin(), order.bytes()).bytes(Math.min(16, order.bytes()));
        if (!new String(text, StandardCharsets.US_ASCII).equals("little")) {
          throw in.refused("was written on a big-endian machine", "convert it to safetensors");
        }
      }
      ZipDirectory.Member pickle = stored(in, zip, folder + PICKLE);
      Object root = Pickle.read(in.range(pickle.begin(), pickle.bytes())).root();
      Map<String, Place> places = new HashMap<>();
      StateDict state = StateDict.of(file, root, part);
      for (TorchTensor tensor : state.tensors().values()) {
        places.computeIfAbsent(
            tensor.storage().key(),
            key -> {
              ZipDirectory.Member member = stored(in, zip, folder + "data/" + key);
              return new Place(member.begin(), member.bytes());
            });
      }
      return of(in, file, state, places);
    }
  }

  /** The folder inside the archive, with its slash. */
  private static String folder(FileBytes in, ZipDirectory zip) {
    List<String> found = new ArrayList<>();
    for (String name : zip.members().keySet()) {
      int slash = name.indexOf('/');
      if (name.substring(slash + 1).equals(PICKLE)) {
        found.add(name.substring(0, slash + 1));
      }
    }
    if (found.size() != 1) {
      throw in.refused(
          "is a zip file with " + found.size() + " members named " + PICKLE,
          "expected one that torch.save wrote");
    }
    return found.get(0);
  }

  private static ZipDirectory.Member stored(FileBytes in, ZipDirectory zip, String name) {
    ZipDirectory.Member member = zip.members().get(name);
    if (member == null) {
      throw in.broken("lacks its member " + name);
    }
    if (!member.stored()) {
      throw in.refused(
          "holds its member " + name + " compressed, which torch.save never does",
          "save it again with torch.save");
    }
    return member;
  }

  /**
   * Reads the form of before 1.6: a magic number, a version, the machine, the pickle, the names of
   * the storages, and the storages.
   *
   * @param part as in {@link StateDict#of}
   * @throws InputException if the file is broken or holds what is not read
   */
  static TorchFile legacy(Path file, String part) {
    try (FileBytes in = FileBytes.open(file, KIND)) {
      if (!MAGIC.equals(Pickle.read(in).root())) {
        throw in.refused("is a pickle that torch.save did not write", "save it with torch.save");
      }
      if (!Long.valueOf(LEGACY_PROTOCOL).equals(Pickle.read(in).root())) {
        throw in.broken("has an unknown version of the old PyTorch form");
      }
      if (Pickle.read(in).root() instanceof Map<?, ?> machine
          && Boolean.FALSE.equals(machine.get("little_endian"))) {
        throw in.refused("was written on a big-endian machine", "convert it to safetensors");
      }
      Pickle pickle = Pickle.read(in);
      if (!(Pickle.read(in).root() instanceof List<?> keys)) {
        throw in.broken("lacks the list of its storages");
      }
      Map<String, Place> places = new HashMap<>();
      for (Object key : keys) {
        Dtype dtype = pickle.storages().get(String.valueOf(key));
        long elements = in.i64();
        if (dtype == null || elements < 0 || elements > in.remaining() / dtype.bytes()) {
          throw in.broken("has " + elements + " numbers in storage " + key + " (truncated?)");
        }
        places.put(String.valueOf(key), new Place(in.position(), elements * dtype.bytes()));
        in.skip(elements * dtype.bytes());
      }
      return of(in, file, StateDict.of(file, pickle.root(), part), places);
    }
  }

  private static TorchFile of(FileBytes in, Path file, StateDict state, Map<String, Place> places) {
    Map<String, Long> begins = new HashMap<>();
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    state
        .tensors()
        .forEach(
            (name, tensor) -> {
              TorchStorage storage = tensor.storage();
              Place place = places.get(storage.key());
              long needed = (storage.offset() + storage.elements()) * storage.dtype().bytes();
              if (place == null || needed > place.bytes()) {
                throw in.broken("has less in storage " + storage.key() + " than tensor " + name);
              }
              if (tensor.info().bytes() > in.size()) {
                throw in.broken(
                    "expands tensor " + name + " " + tensor.shape() + " beyond the file's size");
              }
              begins.put(storage.key(), place.begin());
              infos.put(name, tensor.info());
            });
    return new TorchFile(
        file,
        in.size(),
        state.tensors(),
        begins,
        Collections.unmodifiableMap(infos),
        Collections.unmodifiableMap(state.metadata()));
  }

  @Override
  public Tensor read(String name, Tensor map) {
    TorchTensor tensor = tensors.get(name);
    TorchStorage storage = tensor.storage();
    long first = storage.offset() + tensor.offset();
    long begin = begins.get(storage.key()) + first * storage.dtype().bytes();
    Tensor flat = TensorFile.flat(map, begin, tensor.extent(), storage.dtype());
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    if (tensor.contiguous()) {
      return flat.view(shape);
    }
    long[] stride = tensor.stride().stream().mapToLong(Long::longValue).toArray();
    return flat.as_strided(shape, stride).contiguous();
  }
}
