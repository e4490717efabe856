package io.lorgnette.language;

import static io.lorgnette.language.Differences.assertClose;
import static io.lorgnette.language.Differences.assertGradient;
import static io.lorgnette.language.Differences.assertLoss;
import static io.lorgnette.language.Differences.floats;
import static io.lorgnette.language.Differences.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.nn.Adapter;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters in every arrangement of MAGMA's code, inside a GPT-J whose class knows none of them. */
class MagmaGoldenTest {

  private static final String LAYER = "lm.transformer.h.";

  private final Golden golden = Golden.open("goldens/magma");

  @TempDir private Path folder;

  private DecoderConfig config() throws IOException {
    JsonNode sizes = golden.json("config.json");
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("model_type", "gptj").put("activation_function", "gelu_new").put("n_positions", 64);
    for (String size :
        List.of("n_embd", "n_layer", "n_head", "rotary_dim", "n_inner", "vocab_size")) {
      json.set(size, sizes.path(size));
    }
    Path file = folder.resolve("config.json");
    Files.writeString(file, json.toString());
    return HfConfig.read(file);
  }

  /** MAGMA's names of the language model. */
  private static KeyMap keys(DecoderConfig c) {
    KeyMap map = new KeyMap();
    LayerKeys keys = new LayerKeys(map);
    map.add("embed.weight", "lm.transformer.wte.weight", c.vocabulary(), c.width());
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String attention = LAYER + i + ".attn.attention.";
      keys.layerNorm(own + "norm1", LAYER + i + ".ln_1", c.width());
      keys.attention(
          own + "attention.",
          c,
          List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
          attention + "out_proj");
      keys.linear(own + "mlp.up", LAYER + i + ".mlp.0.c_fc", c.hidden(), c.width(), true);
      keys.linear(own + "mlp.down", LAYER + i + ".mlp.0.c_proj", c.width(), c.hidden(), true);
    }
    keys.layerNorm("norm", "lm.transformer.ln_f", c.width());
    keys.linear("head", "lm.lm_head", c.vocabulary(), c.width(), true);
    return map.ignore(".*\\.adapter\\..*").ignore("image_prefix\\..*");
  }

  private LanguageModel model() throws IOException {
    DecoderConfig config = config();
    try (Checkpoint checkpoint = Checkpoint.open(golden.path("model.v1.safetensors"))) {
      Map<String, Tensor> tensors = keys(config).read(checkpoint, Dtype.F32, Device.CPU);
      return LanguageModel.of(config, Parameters.of(tensors), "magma");
    }
  }

  private static Parameters read(Path file, KeyMap keys) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return Parameters.of(keys.read(checkpoint, Dtype.F32, Device.CPU)).trainable(true);
    }
  }

  /** The adapters of an arrangement: their tensors, and where they go. */
  private record Arrangement(Parameters parameters, Adapters adapters) {}

  private Arrangement arrangement(String name, DecoderConfig c) {
    JsonNode kinds = golden.json("config.json").path("adapters").path(name);
    String file = name.equals("v1") ? "model.v1.safetensors" : "adapters." + name + ".safetensors";
    KeyMap map = new KeyMap();
    for (int i = 0; i < c.layers(); i++) {
      for (String part : new String[] {"attention", "mlp"}) {
        JsonNode kind = kinds.path(part);
        if (kind.isMissingNode()) {
          continue;
        }
        String type = kind.path("adapter_type").asText();
        String stored = LAYER + i + (part.equals("mlp") ? ".mlp" : ".attn");
        boolean behind = part.equals("mlp") && type.equals("normal");
        Adapter.addKeys(
            map,
            part + "." + i,
            stored + (behind ? ".1.adapter" : ".adapter"),
            type.startsWith("scaled") ? stored + ".adapter_scale" : null,
            c.width(),
            c.width() / kind.path("downsample_factor").asInt());
      }
    }
    Parameters parameters =
        read(golden.path(file), map.ignore("lm\\.(?!.*adapter).*").ignore("image_prefix\\..*"));
    List<List<Adapter>> lists = new ArrayList<>();
    for (String part : new String[] {"attention", "mlp"}) {
      List<Adapter> adapters = new ArrayList<>();
      boolean parallel = kinds.path(part).path("adapter_type").asText().endsWith("parallel");
      for (int i = 0; kinds.has(part) && i < c.layers(); i++) {
        adapters.add(new Adapter(parameters.at(part, i), parallel));
      }
      lists.add(adapters);
    }
    return new Arrangement(parameters, new Adapters(lists.get(0), lists.get(1)));
  }

  /** {@code [prefix][caption]}, cut to the captions' length. */
  private Tensor input(LanguageModel lm, Tensor prefix) {
    Tensor captions = longs(golden, "captions");
    long room = captions.size(1) - prefix.size(1);
    return Tensors.cat(1, prefix, lm.embed(captions.narrow(1, 0, room)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "scaled"})
  void logitsLossAndGradients(String name) throws IOException {
    try (Scope scope = Scope.open();
        LanguageModel lm = model()) {
      Arrangement arrangement = arrangement(name, lm.config());
      LanguageModel adapted = lm.with(arrangement.adapters());
      Tensor hidden = adapted.hidden(input(lm, floats(golden, "image_prefix")));
      assertClose(adapted.logits(hidden), golden, name + ".logits");

      Tensor loss = NextTokenLoss.mean(adapted, hidden, golden.longs("labels"));
      assertLoss(loss, golden, name + ".loss");
      loss.backward();
      int compared = 0;
      for (String part : new String[] {"attention", "mlp"}) {
        Parameters own = arrangement.parameters().at(part, 0);
        String stored = name + ".grad." + LAYER + "0" + (part.equals("mlp") ? ".mlp" : ".attn");
        String inner = golden.has(stored + ".1.adapter.0.bias") ? ".1.adapter." : ".adapter.";
        for (String kind : new String[] {"weight", "bias"}) {
          if (own.has("down." + kind)) {
            assertGradient(own.get("down." + kind).grad(), golden, stored + inner + "0." + kind);
            assertGradient(own.get("up." + kind).grad(), golden, stored + inner + "2." + kind);
            compared += 2;
          }
        }
        if (own.has("scale")) {
          assertGradient(own.get("scale").grad(), golden, stored + ".adapter_scale");
          compared++;
        }
      }
      assertThat(compared).isEqualTo(Map.of("v1", 4, "v2", 8, "scaled", 9).get(name));
      arrangement.parameters().close();
    }
  }

  /** The gradient reaches the image prefix through all adapters. */
  @Test
  void gradientOfTheImagePrefix() throws IOException {
    LinearConfig config = LinearConfig.magma(20, 32, 4);
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(golden.path("model.v1.safetensors"));
        Mapper mapper = config.read(checkpoint, Dtype.F32, Device.CPU);
        LanguageModel lm = model()) {
      mapper.parameters().trainable(true);
      Arrangement arrangement = arrangement("v1", lm.config());
      LanguageModel adapted = lm.with(arrangement.adapters());
      Tensor prefix = mapper.map(floats(golden, "features").view(2, 4, 20));
      assertClose(prefix, golden, "image_prefix");
      NextTokenLoss.mean(adapted, adapted.hidden(input(lm, prefix)), golden.longs("labels"))
          .backward();
      Map<String, Tensor> gradients = new LinkedHashMap<>();
      mapper.parameters().asMap().forEach((name, tensor) -> gradients.put(name, tensor.grad()));
      Map<String, Tensor> stored = config.keys().write(gradients);
      assertThat(stored).hasSize(4);
      stored.forEach((name, gradient) -> assertGradient(gradient, golden, "v1.grad." + name));
      arrangement.parameters().close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "scaled"})
  void cachedStepsEqualOnePass(String name) throws IOException {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model();
        KvCache cache = lm.newCache(2, 14)) {
      Arrangement arrangement = arrangement(name, lm.config());
      LanguageModel adapted = lm.with(arrangement.adapters());
      Tensor input = input(lm, floats(golden, "image_prefix"));
      Tensor[] pieces = new Tensor[6];
      for (int i = 0; i < pieces.length; i++) {
        Tensor piece = i == 0 ? input.narrow(1, 0, 9) : input.narrow(1, 8 + i, 1);
        pieces[i] = adapted.hidden(piece, null, null, cache);
      }
      assertClose(adapted.logits(Tensors.cat(1, pieces)), golden, name + ".logits");
      arrangement.parameters().close();
    }
  }

  @Test
  void oneAdapterAlone() throws IOException {
    try (Scope scope = Scope.open()) {
      Arrangement arrangement = arrangement("v1", config());
      Parameters own = arrangement.parameters().at("mlp", 0);
      Tensor x = floats(golden, "adapter.input").requires_grad_(true);
      Tensor output = new Adapter(own, false).adapt(null, x);
      assertClose(output, golden, "adapter.output");
      output.mul(floats(golden, "adapter.probe")).sum().backward();
      assertGradient(x.grad(), golden, "adapter.grad.input");
      assertGradient(own.get("down.weight").grad(), golden, "adapter.grad.adapter.0.weight");
      assertGradient(own.get("down.bias").grad(), golden, "adapter.grad.adapter.0.bias");
      assertGradient(own.get("up.weight").grad(), golden, "adapter.grad.adapter.2.weight");
      assertGradient(own.get("up.bias").grad(), golden, "adapter.grad.adapter.2.bias");
      arrangement.parameters().close();
    }
  }

  /** v1 beside the 28 layers of GPT-J. */
  @Test
  void parametersOfThePublishedAdapters() {
    KeyMap map = new KeyMap();
    for (int i = 0; i < 28; i++) {
      Adapter.addKeys(map, "mlp." + i, LAYER + i + ".mlp.1.adapter", null, 4096, 1024);
    }
    assertThat(map.parameterCount()).isEqualTo(235_024_384L);
  }

  @Test
  void refusesAdaptersOfAnotherModel() throws IOException {
    try (Scope scope = Scope.open();
        LanguageModel lm = model()) {
      Adapters three = new Adapters(List.of(), Collections.nCopies(3, empty()));
      assertThatThrownBy(() -> lm.with(three)).hasMessageContaining("3 adapters for a model of 2");
    }
  }

  private static Adapter empty() {
    return new Adapter(Parameters.of(Map.of()), false);
  }
}
