package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what PyTorch pickles, and nothing else: dictionaries, lists, tuples, sets, numbers, strings
 * and descriptions of tensors. It is a reader of data: an instruction or a class outside the closed
 * lists is refused by its name, and no class is ever looked up or run.
 *
 * <p>Out come {@code Map} with keys {@code String} or {@code Long}, {@code List}, {@code String},
 * {@code byte[]}, {@code Long}, {@code BigInteger}, {@code Double}, {@code Boolean}, {@code null},
 * {@link TorchStorage}, {@link TorchTensor} and {@link TorchGlobal}; tuples and sets are lists.
 * Containers can hold themselves: who walks through them bounds the way.
 */
final class Pickle {

  /** A checkpoint with tens of thousands of tensors stays far below both. */
  static final long MAX_BYTES = 1 << 26;

  static final int MAX_OPERATIONS = 2_000_000;

  private static final int MAX_INTEGER_BYTES = 32;
  private static final int MAX_NAME = 1000;
  private static final String SCRIPT = "__torch__.";
  private static final Object MARK = new Object();

  /** The name of a class of a saved TorchScript module. */
  private record ScriptClass(String name) {}

  /** A saved TorchScript module: its attributes. */
  static final class ScriptModule extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1;
  }

  private final FileBytes in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final Map<String, Dtype> storages = new HashMap<>();
  private Object root;

  private Pickle(FileBytes in) {
    this.in = in;
  }

  /**
   * Reads one pickle from the current position, which is then behind it.
   *
   * @throws io.lorgnette.error.InputException naming what is broken or refused
   */
  static Pickle read(FileBytes in) {
    Pickle pickle = new Pickle(in);
    pickle.root = pickle.run();
    return pickle;
  }

  /** What was pickled. */
  Object root() {
    return root;
  }

  /** The keys of all storages that it refers to, with their number formats. */
  Map<String, Dtype> storages() {
    return Collections.unmodifiableMap(storages);
  }

  private Object run() {
    long start = in.position();
    for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
      if (in.position() - start > MAX_BYTES) {
        throw in.broken("has a pickle of more than " + MAX_BYTES + " bytes");
      }
      int code = in.u8();
      PickleOpcode opcode = PickleOpcode.of(code);
      if (opcode == null) {
        throw in.broken("has the unknown pickle instruction " + code);
      }
      if (opcode == PickleOpcode.STOP) {
        return pop();
      }
      step(opcode);
    }
    throw in.broken("has a pickle of more than " + MAX_OPERATIONS + " instructions");
  }

  private void step(PickleOpcode opcode) {
    switch (opcode) {
      case PROTO -> protocol();
      case FRAME -> in.i64();
      case MARK -> stack.add(MARK);
      case POP -> pop();
      case POP_MARK -> popToMark();
      case NONE -> stack.add(null);
      case NEWTRUE -> stack.add(true);
      case NEWFALSE -> stack.add(false);
      case BININT -> stack.add((long) in.i32());
      case BININT1 -> stack.add((long) in.u8());
      case BININT2 -> stack.add((long) in.u16());
      case LONG1 -> stack.add(integer(in.u8()));
      case LONG4 -> stack.add(integer(in.u32()));
      case BINFLOAT -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.i64())));
      case SHORT_BINUNICODE, SHORT_BINSTRING -> stack.add(in.utf8(in.u8()));
      case BINUNICODE, BINSTRING -> stack.add(in.utf8(in.u32()));
      case BINUNICODE8 -> stack.add(in.utf8(in.i64()));
      case SHORT_BINBYTES -> stack.add(in.bytes(in.u8()));
      case BINBYTES -> stack.add(in.bytes(in.u32()));
      case EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case EMPTY_LIST, EMPTY_SET, EMPTY_TUPLE -> stack.add(new ArrayList<>(0));
      case TUPLE -> stack.add(popToMark());
      case TUPLE1 -> stack.add(pop(1));
      case TUPLE2 -> stack.add(pop(2));
      case TUPLE3 -> stack.add(pop(3));
      case APPEND -> append(pop(1));
      case APPENDS, ADDITEMS -> append(popToMark());
      case SETITEM -> put(pop(2));
      case SETITEMS -> put(popToMark());
      case BINPUT -> memo.put((long) in.u8(), peek());
      case LONG_BINPUT -> memo.put(in.u32(), peek());
      case MEMOIZE -> memo.put((long) memo.size(), peek());
      case BINGET -> remember(in.u8());
      case LONG_BINGET -> remember(in.u32());
      case GLOBAL -> stack.add(global(in.line(MAX_NAME), in.line(MAX_NAME)));
      case STACK_GLOBAL -> {
        Object name = pop();
        stack.add(global(string(pop()), string(name)));
      }
      case BINPERSID -> stack.add(storage(items(pop())));
      case REDUCE -> {
        List<Object> arguments = items(pop());
        stack.add(call(pop(), arguments));
      }
      case NEWOBJ -> {
        List<Object> arguments = items(pop());
        stack.add(create(pop(), arguments));
      }
      case BUILD -> {
        Object state = pop();
        build(peek(), state);
      }
      default ->
          throw in.refused(
              "uses the pickle instruction " + opcode + ", which no checkpoint of tensors needs",
              "nothing of it was run; save the tensors alone, as safetensors say");
    }
  }

  private void protocol() {
    int version = in.u8();
    if (version < 2 || version > 5) {
      throw in.broken("has a pickle of protocol " + version + " where 2 to 5 are known");
    }
  }

  private Object integer(long length) {
    if (length > MAX_INTEGER_BYTES) {
      throw in.broken("has an integer of " + length + " bytes");
    }
    byte[] bytes = in.bytes(length);
    byte[] reversed = new byte[Math.max(1, bytes.length)];
    for (int i = 0; i < bytes.length; i++) {
      reversed[reversed.length - 1 - i] = bytes[i];
    }
    BigInteger value = new BigInteger(reversed);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private Object pop() {
    Object top = peek();
    stack.remove(stack.size() - 1);
    return top;
  }

  private Object peek() {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw in.broken("has a pickle that takes what is not there");
    }
    return stack.get(stack.size() - 1);
  }

  private List<Object> pop(int count) {
    List<Object> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(pop());
    }
    Collections.reverse(items);
    return items;
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw in.broken("has a pickle that takes what is not there");
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(above);
    above.clear();
    stack.remove(mark);
    return items;
  }

  private void remember(long index) {
    if (!memo.containsKey(index)) {
      throw in.broken("has a pickle that recalls what it never said");
    }
    stack.add(memo.get(index));
  }

  @SuppressWarnings("unchecked") // every list here was made here
  private void append(List<Object> items) {
    if (!(peek() instanceof List<?> list)) {
      throw in.broken("has a pickle that appends to what is no list");
    }
    ((List<Object>) list).addAll(items);
  }

  @SuppressWarnings("unchecked") // every map here was made here
  private void put(List<Object> keysAndValues) {
    if (!(peek() instanceof Map<?, ?> map) || keysAndValues.size() % 2 != 0) {
      throw in.broken("has a pickle that puts entries into what is no dictionary");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      put((Map<Object, Object>) map, keysAndValues.get(i), keysAndValues.get(i + 1));
    }
  }

  private void put(Map<Object, Object> map, Object key, Object value) {
    if (!(key instanceof String || key instanceof Long)) {
      throw in.broken("has a dictionary with a key that is neither a string nor a number");
    }
    map.put(key, value);
  }

  private Object global(String module, String name) {
    String qualified = module + "." + name;
    if (qualified.startsWith(SCRIPT)) {
      return new ScriptClass(qualified);
    }
    return TorchGlobal.named(qualified).orElseThrow(() -> refusedClass(qualified));
  }

  private RuntimeException refusedClass(String name) {
    return in.refused(
        "holds an object of class " + name + ", which is not a tensor, container or number",
        "nothing of it was run; save the state dict alone, or as safetensors");
  }

  /** A reference to a storage beside the pickle. */
  private Object storage(List<Object> id) {
    if (id.size() < 5
        || !"storage".equals(id.get(0))
        || !(id.get(1) instanceof TorchGlobal global && global.dtype().isPresent())
        || !(id.get(2) instanceof String key)
        || !(id.get(4) instanceof Long elements)
        || elements < 0
        || elements > Long.MAX_VALUE / global.dtype().get().bytes()) {
      throw in.broken("refers to something beside its pickle that is not a storage");
    }
    long offset = 0;
    if (id.size() > 5 && id.get(5) != null) {
      List<Object> view = items(id.get(5));
      if (view.size() != 3
          || !(view.get(1) instanceof Long begin && view.get(2) instanceof Long length)
          || begin < 0
          || length < 0
          || begin > elements - length) {
        throw in.broken("has a part of storage " + key + " that does not lie in it");
      }
      offset = begin;
      elements = length;
    }
    Dtype dtype = global.dtype().get();
    Dtype before = storages.put(key, dtype);
    if (before != null && before != dtype) {
      throw in.broken("reads storage " + key + " as " + before + " and as " + dtype);
    }
    return new TorchStorage(dtype, key, offset, elements);
  }

  private Object call(Object callee, List<Object> arguments) {
    if (!(callee instanceof TorchGlobal global)) {
      throw in.broken("has a pickle that calls what is no function");
    }
    return switch (global) {
      case ORDERED_DICT -> orderedDict(arguments);
      case SET, SET_2, SIZE, SCRIPT_INTEGERS, SCRIPT_DOUBLES, SCRIPT_BOOLEANS, SCRIPT_TENSORS ->
          new ArrayList<>(items(argument(global, arguments, 0)));
      case TENSOR_1, TENSOR_2 -> tensor(global, arguments);
      case PARAMETER -> argument(global, arguments, 0);
      default -> throw refusedClass(global.qualifiedName());
    };
  }

  private Object argument(TorchGlobal global, List<Object> arguments, int index) {
    if (arguments.size() <= index) {
      throw in.broken("calls " + global.qualifiedName() + " with too few arguments");
    }
    return arguments.get(index);
  }

  private Map<Object, Object> orderedDict(List<Object> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (!arguments.isEmpty()) {
      for (Object pair : items(arguments.get(0))) {
        List<Object> keyAndValue = items(pair);
        if (keyAndValue.size() != 2) {
          throw in.broken("has a dictionary with an entry that is no pair");
        }
        put(map, keyAndValue.get(0), keyAndValue.get(1));
      }
    }
    return map;
  }

  private Object tensor(TorchGlobal global, List<Object> arguments) {
    if (!(argument(global, arguments, 0) instanceof TorchStorage storage)
        || !(argument(global, arguments, 1) instanceof Long offset)) {
      throw in.broken("has a tensor without a storage and a place in it");
    }
    if (arguments.size() > 6 && arguments.get(6) instanceof Map<?, ?> flags && !flags.isEmpty()) {
      throw in.refused("has a tensor stored as conjugate or negated", "save it resolved");
    }
    try {
      return new TorchTensor(
          storage,
          offset,
          sizes(argument(global, arguments, 2)),
          sizes(argument(global, arguments, 3)));
    } catch (IllegalArgumentException e) {
      throw in.broken("has a tensor of the impossible " + e.getMessage());
    }
  }

  private List<Long> sizes(Object value) {
    List<Long> sizes = new ArrayList<>();
    for (Object size : items(value)) {
      if (!(size instanceof Long number)) {
        throw in.broken("has a tensor with a size that is no number");
      }
      sizes.add(number);
    }
    return sizes;
  }

  private Object create(Object type, List<Object> arguments) {
    if (type instanceof ScriptClass && arguments.isEmpty()) {
      return new ScriptModule();
    }
    if (type == TorchGlobal.ORDERED_DICT && arguments.isEmpty()) {
      return new LinkedHashMap<>();
    }
    throw in.broken("has a pickle that makes an object of what is no class");
  }

  private void build(Object object, Object state) {
    if (!(object instanceof Map<?, ?> map) || !(state instanceof Map<?, ?> attributes)) {
      throw in.refused(
          "gives attributes to what is neither a dictionary nor a script module",
          "nothing of it was run; save the state dict alone, or as safetensors");
    }
    // A state dict's attributes are the versions of its modules, which no tensor depends on.
    if (map instanceof ScriptModule module) {
      module.putAll(attributes);
    }
  }

  private String string(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw in.broken("has a pickle with something else where a name should be");
  }

  @SuppressWarnings("unchecked") // every list here was made here
  private List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      return (List<Object>) list;
    }
    throw in.broken("has a pickle with something else where a list should be");
  }
}
