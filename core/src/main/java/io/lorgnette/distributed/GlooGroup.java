package io.lorgnette.distributed;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch_gloo;

/** Processes that reach each other over TCP, by libtorch's Gloo. */
final class GlooGroup implements ProcessGroup {

  private final GroupSettings settings;
  private final TCPStore store;
  // What is made from a store does not own it in this binding: all three are closed in turn.
  private final PrefixStore ownPart;
  private final ProcessGroupGloo group;
  private final Gathering gathering = new GroupGathering(this);

  GlooGroup(GroupSettings settings) {
    this.settings = settings;
    Engine.start();
    Loader.load(torch_gloo.class);
    try (Scope scope = Scope.open()) {
      store = meet();
      ownPart = Scope.release(new PrefixStore(settings.prefix(), store));
      try {
        group = connect();
      } catch (RuntimeException e) {
        ownPart.close();
        store.close();
        throw lost("not all of them came within " + settings.timeout().toSeconds() + " s", e);
      }
    }
  }

  private Milliseconds timeout() {
    return new Milliseconds(settings.timeout().toMillis());
  }

  private TCPStore meet() {
    boolean listens = settings.rank() == 0 && !settings.hosted();
    TCPStoreOptions options = new TCPStoreOptions();
    // The binding has unsigned 16 bits as short.
    options.port((short) settings.port()).isServer(listens).waitWorkers(false).timeout(timeout());
    try {
      return Scope.release(new TCPStore(settings.address(), options));
    } catch (RuntimeException e) {
      String where = settings.address() + ":" + settings.port();
      if (listens) {
        throw new InputException(
            "process 0 can not listen at MASTER_ADDR:MASTER_PORT "
                + where
                + " ("
                + Engine.firstLine(e)
                + "); choose a free port, and the address of this machine",
            e);
      }
      throw lost("nobody answers at MASTER_ADDR:MASTER_PORT " + where, e);
    }
  }

  private ProcessGroupGloo connect() {
    ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(timeout());
    String network = System.getenv("GLOO_SOCKET_IFNAME");
    options
        .devices()
        .put(
            new GlooDeviceVector(
                network == null || network.isBlank()
                    ? ProcessGroupGloo.createDeviceForHostname(ownAddress())
                    : ProcessGroupGloo.createDeviceForInterface(network.strip())));
    return Scope.release(new ProcessGroupGloo(ownPart, settings.rank(), settings.size(), options));
  }

  /** The address of this machine on the way to process 0; no packet is sent to find it. */
  private String ownAddress() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(settings.address(), settings.port()));
      InetAddress own = socket.getLocalAddress();
      return own.getHostAddress();
    } catch (SocketException | UncheckedIOException e) {
      throw new InputException(
          "MASTER_ADDR " + settings.address() + " can not be reached: " + e.getMessage(), e);
    }
  }

  @Override
  public int rank() {
    return settings.rank();
  }

  @Override
  public int size() {
    return settings.size();
  }

  private LostProcessException lost(String how, RuntimeException e) {
    return new LostProcessException(
        "process "
            + rank()
            + " of "
            + size()
            + " has lost the others: "
            + how
            + " ("
            + reason(e)
            + ")",
        e);
  }

  /** What Gloo says, without the place in its sources. */
  private static String reason(RuntimeException e) {
    return Engine.firstLine(e).replaceFirst("^\\[[^\\]]*\\]\\s*", "");
  }

  private void await(Work work) {
    try {
      work._wait();
    } catch (RuntimeException e) {
      boolean late = Engine.firstLine(e).contains("Timed out");
      throw lost(
          late
              ? "one of them did not answer within " + settings.timeout().toSeconds() + " s"
              : "one of them has ended or can not be reached",
          e);
    }
  }

  private Work start(Supplier<Work> operation) {
    try {
      return operation.get();
    } catch (RuntimeException e) {
      throw lost("one of them has ended or can not be reached", e);
    }
  }

  @Override
  public Pending startSum(Tensor tensor) {
    try (Scope scope = Scope.open()) {
      Work work = Scope.release(start(() -> group.allreduce(new TensorVector(tensor))));
      return () -> {
        try (Work running = work) {
          await(running);
        }
      };
    }
  }

  @Override
  public void sum(Tensor tensor) {
    inPlace(tensor, plain -> group.allreduce(new TensorVector(plain)));
  }

  @Override
  public void copyFirst(Tensor tensor) {
    inPlace(tensor, plain -> group.broadcast(new TensorVector(plain), new BroadcastOptions()));
  }

  private interface Operation {
    Work on(Tensor plain);
  }

  /** Works on a tensor as Gloo can have it; narrow formats are added up in F32. */
  private void inPlace(Tensor tensor, Operation operation) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Dtype own = Tensors.dtype(tensor);
      Dtype wide = own == Dtype.BF16 || own == Dtype.F16 ? Dtype.F32 : own;
      Tensor plain = Tensors.to(tensor.detach(), wide, Device.CPU).contiguous();
      await(start(() -> operation.on(plain)));
      if (!plain.is_alias_of(tensor)) {
        tensor.copy_(plain);
      }
    }
  }

  @Override
  public Tensor gather(Tensor own) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor plain = Tensors.to(own.detach(), Device.CPU).contiguous();
      // As bytes: Gloo does not know all formats.
      Tensor bytes = plain.view(-1).view(Dtype.U8.scalarType());
      Tensor all = Tensors.empty(Dtype.U8, Device.CPU, size() * bytes.numel());
      await(start(() -> group._allgather_base(all, bytes)));
      long[] shape = Tensors.shape(own);
      shape[0] *= size();
      Tensor rows = all.view(Tensors.dtype(own).scalarType()).view(shape);
      return scope.keep(Tensors.to(rows, Tensors.device(own)));
    }
  }

  /** What each process has to say. */
  private List<byte[]> exchange(byte[] own) {
    try (Scope scope = Scope.open()) {
      long[] lengths = Tensors.toLongs(gather(Tensors.ofLongs(new long[] {own.length}, 1)));
      int longest = (int) Arrays.stream(lengths).max().orElseThrow();
      Tensor padded = Tensors.ofBytes(Arrays.copyOf(own, longest), Dtype.U8, longest);
      byte[] all = new byte[longest * size()];
      Tensors.bytes(gather(padded)).get(all);
      List<byte[]> said = new ArrayList<>();
      for (int i = 0; i < size(); i++) {
        said.add(Arrays.copyOfRange(all, i * longest, i * longest + (int) lengths[i]));
      }
      return said;
    }
  }

  @Override
  public String first(String own) {
    byte[] bytes = rank() == 0 ? own.getBytes(StandardCharsets.UTF_8) : new byte[1];
    return new String(exchange(bytes).get(0), StandardCharsets.UTF_8);
  }

  @Override
  public Map<String, Double> sums(Map<String, Double> own) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(own.size());
      for (Map.Entry<String, Double> entry : own.entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeDouble(entry.getValue());
      }
      Map<String, Double> sums = new LinkedHashMap<>();
      for (byte[] said : exchange(bytes.toByteArray())) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(said));
        for (int left = in.readInt(); left > 0; left--) {
          sums.merge(in.readUTF(), in.readDouble(), Double::sum);
        }
      }
      return sums;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean any(boolean own) {
    return sums(Map.of("", own ? 1.0 : 0.0)).get("") > 0;
  }

  @Override
  public Gathering gathering() {
    return gathering;
  }

  @Override
  public void close() {
    group.close();
    ownPart.close();
    store.close();
  }
}
