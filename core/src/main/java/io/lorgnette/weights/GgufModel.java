package io.lorgnette.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A language model in a GGUF file, of the architectures llama (Mistral files say so too), qwen2 and
 * qwen3: its configuration as Hugging Face's {@code config.json} would say it, the names of its
 * tensors, and its tokenizer. Immutable.
 */
public final class GgufModel {

  private static final String EMBEDDINGS = "token_embd.weight";
  private static final Map<String, String> TOP =
      Map.of(
          EMBEDDINGS,
          "model.embed_tokens.weight",
          "output_norm.weight",
          "model.norm.weight",
          "output.weight",
          "lm_head.weight");
  private static final Map<String, String> BLOCK =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));
  private static final Pattern IN_BLOCK = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");
  private static final String ROPE_FACTORS = "rope_freqs.weight";
  private static final String CHAT_TEMPLATE = "tokenizer.chat_template";

  private final GgufHeader header;
  private final String architecture;

  private GgufModel(GgufHeader header) {
    this.header = header;
    this.architecture = text("general.architecture");
    if (!List.of("llama", "qwen2", "qwen3").contains(architecture)) {
      throw new InputException(
          header.file()
              + " holds a model of architecture '"
              + architecture
              + "'; those read from GGUF are llama, qwen2 and qwen3");
    }
    if (header.metadata().get("split.count") instanceof Long parts && parts > 1) {
      throw new InputException(
          header.file()
              + " is one of "
              + parts
              + " parts of a model; join them to one file (llama-gguf-split --merge)");
    }
  }

  /**
   * Reads what a file says about its model.
   *
   * @throws InputException if it is broken or of another architecture
   */
  public static GgufModel open(Path file) {
    return of(GgufHeader.read(file));
  }

  static GgufModel of(GgufHeader header) {
    return new GgufModel(header);
  }

  /** Whether a path is a file that is called so. */
  public static boolean isGguf(Path path) {
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    return name.toLowerCase(Locale.ROOT).endsWith(".gguf") && !Files.isDirectory(path);
  }

  /**
   * The GGUF file that a path means: itself, or the only one of a folder. It stands in for what the
   * folder lacks, so those who ask look for their own files first.
   */
  public static Optional<Path> find(Path fileOrFolder) {
    if (isGguf(fileOrFolder)) {
      return Optional.of(fileOrFolder);
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return Optional.empty();
    }
    try (Stream<Path> content = Files.list(fileOrFolder)) {
      List<Path> files = content.filter(GgufModel::isGguf).limit(2).toList();
      return files.size() == 1 ? Optional.of(files.get(0)) : Optional.empty();
    } catch (IOException e) {
      throw new InputException(fileOrFolder + " can not be read: " + e.getMessage(), e);
    }
  }

  GgufHeader header() {
    return header;
  }

  /** Hugging Face's name of a tensor, or null for one that its checkpoints do not have. */
  String huggingFaceName(String name) {
    if (name.equals(ROPE_FACTORS)) {
      return null; // The configuration says the same.
    }
    Matcher block = IN_BLOCK.matcher(name);
    if (block.matches() && BLOCK.containsKey(block.group(2))) {
      return "model.layers."
          + block.group(1)
          + "."
          + BLOCK.get(block.group(2))
          + "."
          + block.group(3);
    }
    // An unknown tensor keeps its name: the model's key map lists it as unknown.
    return TOP.getOrDefault(name, name);
  }

  /** Heads whose rows are interleaved in a tensor; 0 if none are. */
  int interleavedHeads(String name) {
    Matcher block = IN_BLOCK.matcher(name);
    if (!architecture.equals("llama") || !block.matches()) {
      return 0;
    }
    return switch (block.group(2)) {
      case "attn_q" -> whole("attention.head_count");
      case "attn_k" -> kvHeads();
      default -> 0;
    };
  }

  private int kvHeads() {
    return has("attention.head_count_kv")
        ? whole("attention.head_count_kv")
        : whole("attention.head_count");
  }

  /**
   * The configuration as Hugging Face's {@code config.json} says it.
   *
   * @throws InputException if something needed is absent or something present is not supported
   */
  public ObjectNode config() {
    GgufHeader.Entry embedding = header.tensors().get(EMBEDDINGS);
    if (embedding == null
        || embedding.shape().size() != 2
        || embedding.shape().get(0) > Integer.MAX_VALUE) {
      throw new InputException(header.file() + " has no word embeddings; it is no language model");
    }
    if (has("expert_count") && whole("expert_count") > 0) {
      throw new InputException(
          header.file() + " holds a mixture of experts; dense models are read");
    }
    ObjectNode node = new ObjectMapper().createObjectNode();
    int width = whole("embedding_length");
    int heads = whole("attention.head_count");
    int headWidth = has("attention.key_length") ? whole("attention.key_length") : width / heads;
    if (has("rope.dimension_count") && whole("rope.dimension_count") != headWidth) {
      throw new InputException(
          header.file()
              + " turns "
              + whole("rope.dimension_count")
              + " of the "
              + headWidth
              + " dimensions of a head; only whole heads are supported");
    }
    boolean qwen = !architecture.equals("llama");
    node.put("model_type", architecture);
    node.put("vocab_size", embedding.shape().get(0).intValue());
    node.put("hidden_size", width);
    node.put("num_hidden_layers", whole("block_count"));
    node.put("num_attention_heads", heads);
    node.put("num_key_value_heads", kvHeads());
    node.put("head_dim", headWidth);
    node.put("intermediate_size", whole("feed_forward_length"));
    node.put("max_position_embeddings", whole("context_length"));
    node.put("rms_norm_eps", number("attention.layer_norm_rms_epsilon", -1));
    node.put("hidden_act", "silu");
    node.put("rope_theta", number("rope.freq_base", 10_000));
    node.put("attention_bias", !qwen && header.tensors().containsKey("blk.0.attn_q.bias"));
    node.put("tie_word_embeddings", !header.tensors().containsKey("output.weight"));
    if (qwen) {
      node.put("use_sliding_window", false);
    }
    putScaling(node, headWidth, number("rope.freq_base", 10_000));
    vocabulary().bos().ifPresent(id -> node.put("bos_token_id", id));
    vocabulary().eos().ifPresent(id -> node.put("eos_token_id", id));
    return node;
  }

  private void putScaling(ObjectNode node, int headWidth, double theta) {
    String type = header.metadata().getOrDefault(key("rope.scaling.type"), "none").toString();
    if (!type.equals("none")) {
      node.putObject("rope_scaling")
          .put("rope_type", type)
          .put("factor", number("rope.scaling.factor", 1));
    }
    if (!header.tensors().containsKey(ROPE_FACTORS)) {
      return;
    }
    float[] factors = ropeFactors();
    Llama3Factors found = Llama3Factors.find(factors, headWidth, theta);
    if (found == null) {
      throw new InputException(
          header.file() + " scales rotary positions by a rule that is not LLaMA 3's");
    }
    node.putObject("rope_scaling")
        .put("rope_type", "llama3")
        .put("factor", found.factor())
        .put("low_freq_factor", found.low())
        .put("high_freq_factor", found.high())
        .put("original_max_position_embeddings", found.positions());
  }

  private float[] ropeFactors() {
    GgufHeader.Entry entry = header.tensors().get(ROPE_FACTORS);
    long elements = entry.shape().stream().reduce(1L, (a, b) -> a * b);
    if (entry.format() != GgufFormat.F32 || elements > 4096) {
      throw new InputException(header.file() + " has rotary factors that are not a row of F32");
    }
    try (Scope scope = Scope.open()) {
      return Tensors.toFloats(
          TensorFile.flat(
              Tensors.mapFile(header.file().toString(), header.fileBytes()),
              entry.begin(),
              elements,
              entry.format().dtype()));
    }
  }

  /**
   * The tokenizer as the file has it; empty lists where it has none.
   *
   * @throws InputException if something is of another type, or there are more tokens than word
   *     embeddings
   */
  public GgufVocabulary vocabulary() {
    Map<String, Object> m = header.metadata();
    String model = m.getOrDefault("tokenizer.ggml.model", "").toString();
    List<String> tokens = list("tokens", String.class);
    GgufHeader.Entry embedding = header.tensors().get(EMBEDDINGS);
    if (embedding != null
        && embedding.shape().size() == 2
        && tokens.size() > embedding.shape().get(0)) {
      throw new InputException(
          header.file()
              + " has "
              + tokens.size()
              + " tokens and word embeddings of "
              + embedding.shape().get(0)
              + "; it contradicts itself, fetch it again");
    }
    return new GgufVocabulary(
        model,
        m.getOrDefault("tokenizer.ggml.pre", "").toString(),
        tokens,
        list("scores", Double.class),
        list("token_type", Long.class),
        list("merges", String.class),
        id("bos_token_id"),
        id("eos_token_id"),
        id("unknown_token_id"),
        id("padding_token_id"),
        flag("add_bos_token"),
        flag("add_eos_token").orElse(false),
        flag("add_space_prefix").orElse(model.equals("llama")),
        chatTemplates());
  }

  /** {@code tokenizer.chat_template} is the usual one, those with a name behind it are others. */
  private Map<String, String> chatTemplates() {
    Map<String, String> templates = new LinkedHashMap<>();
    header
        .metadata()
        .forEach(
            (key, value) -> {
              if (key.equals(CHAT_TEMPLATE) && value instanceof String text) {
                templates.put("default", text);
              } else if (key.startsWith(CHAT_TEMPLATE + ".") && value instanceof String text) {
                templates.put(key.substring(CHAT_TEMPLATE.length() + 1), text);
              }
            });
    return templates;
  }

  @SuppressWarnings("unchecked") // every element is looked at
  private <T> List<T> list(String name, Class<T> type) {
    Object value = header.metadata().getOrDefault("tokenizer.ggml." + name, List.of());
    if (!(value instanceof List<?> list) || !list.stream().allMatch(type::isInstance)) {
      throw new InputException(
          header.file() + " has tokenizer.ggml." + name + " of another type; convert it again");
    }
    return (List<T>) list;
  }

  private OptionalInt id(String name) {
    if (!(header.metadata().get("tokenizer.ggml." + name) instanceof Long id)) {
      return OptionalInt.empty();
    }
    // A tokenizer's smaller limit is told by those who make one.
    if (id < 0 || id > Integer.MAX_VALUE) {
      throw new InputException(
          header.file() + " has tokenizer.ggml." + name + " " + id + ", which is no token's id");
    }
    return OptionalInt.of(id.intValue());
  }

  private Optional<Boolean> flag(String name) {
    return header.metadata().get("tokenizer.ggml." + name) instanceof Boolean given
        ? Optional.of(given)
        : Optional.empty();
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  private boolean has(String name) {
    return header.metadata().containsKey(key(name));
  }

  private String text(String key) {
    if (header.metadata().get(key) instanceof String text) {
      return text;
    }
    throw new InputException(header.file() + " lacks the text " + key + "; convert it again");
  }

  private int whole(String name) {
    if (header.metadata().get(key(name)) instanceof Long value
        && value >= 0
        && value <= Integer.MAX_VALUE) {
      return value.intValue();
    }
    throw new InputException(
        header.file() + " lacks the whole number " + key(name) + ", one for all layers");
  }

  private double number(String name, double otherwise) {
    if (header.metadata().get(key(name)) instanceof Number value) {
      // Stored as F32; the shortest decimal number is the one that was meant.
      return value instanceof Double d && d == (float) (double) d
          ? Double.parseDouble(Float.toString((float) (double) d))
          : value.doubleValue();
    }
    if (otherwise < 0) {
      throw new InputException(header.file() + " lacks the number " + key(name));
    }
    return otherwise;
  }
}
