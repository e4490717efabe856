package io.lorgnette.train;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.FeatureWriter;
import io.lorgnette.image.View;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Two things to see, a dog and a boat, with features that tell them apart, captions and questions
 * on disk, and a small frozen language model with random weights.
 */
final class SmallWorld implements AutoCloseable {

  static final int TOKENS = 3;
  static final int WIDTH = 8;
  private static final int IMAGES = 12;

  private final Path folder;
  private final Runnable models;
  final Backbones backbones;
  final FeatureCache features;
  private final List<Dataset> open = new ArrayList<>();

  SmallWorld(Path folder) {
    this(folder, Golden.resource("goldens/tokenizers/gpt2"));
  }

  private SmallWorld(Path folder, Path words) {
    this(folder, Tokenizer.load(words));
  }

  private SmallWorld(Path folder, Tokenizer tokenizer) {
    this(folder, tokenizer, outspoken(tokenizer.vocabularySize()));
  }

  private SmallWorld(Path folder, Tokenizer tokenizer, LanguageModel lm) {
    this(
        folder,
        Backbones.of(
            new EncoderSpec("small-eyes", "eyes:1", "none", WIDTH, TOKENS, 100),
            "small-lm",
            lm,
            tokenizer),
        () -> {
          lm.close();
          tokenizer.close();
        });
  }

  /** Between other models, which are the caller's to close. */
  SmallWorld(Path folder, Backbones backbones) {
    this(folder, backbones, () -> {});
  }

  private SmallWorld(Path folder, Backbones backbones, Runnable models) {
    this.folder = folder;
    this.backbones = backbones;
    this.models = models;
    EncoderSpec eyes = backbones.encoder();
    features =
        FeatureCache.open(
            folder.resolve("cache"),
            eyes.identity(),
            eyes.processor(),
            eyes.tokens(),
            eyes.width(),
            Dtype.F32);
    write("train.jsonl", line -> line);
    write("dev.jsonl", line -> line);
    writeFeatures();
  }

  /** Larger weights than a model starts with: what it says depends on what it is given. */
  private static LanguageModel outspoken(int vocabulary) {
    LanguageModel lm =
        LanguageModel.random(DecoderConfig.smallLlama(vocabulary, 32, 2, 2, 64, 96), 5, Device.CPU);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Tensor tensor : lm.parameters().where(name -> !name.contains("norm"))) {
        tensor.mul_(new Scalar(10.0));
      }
    }
    return lm;
  }

  /** What a line of a data file becomes. */
  interface Edit {
    String apply(String line);
  }

  void write(String file, Edit edit) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < IMAGES; i++) {
      String thing = i % 2 == 0 ? "dog" : "boat";
      String line =
          "{\"image\": \"%d.jpg\", \"captions\": [\"a %s .\", \"the %s\"], \"questions\":"
              + " [{\"question\": \"What?\", \"answers\": [\"%s\", \"thing\", \"%s\"]}]}";
      lines.append(edit.apply(line.replace("%d", i + "").replace("%s", thing))).append('\n');
    }
    writeText(file, lines.toString());
  }

  void writeText(String file, String text) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(file), text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FeatureKey key(int image) {
    byte[] hash = new byte[32];
    hash[0] = (byte) image;
    return FeatureKey.ofHash(hash, 0);
  }

  private void writeFeatures() {
    Random random = new Random(9);
    int tokens = backbones.encoder().tokens();
    int width = backbones.encoder().width();
    try (Scope scope = Scope.open();
        FeatureWriter writer = features.writer(1000)) {
      for (int i = 0; i < IMAGES; i++) {
        float[] values = new float[tokens * width];
        for (int j = 0; j < values.length; j++) {
          values[j] = (float) (0.1 * random.nextGaussian()) + (j % 2 == i % 2 ? 1 : -1);
        }
        writer.put(List.of(key(i)), Tensors.ofFloats(values, 1, tokens, width));
      }
    }
  }

  /** One of the two files with its keys; the image without features is left out. */
  FeaturedDataset dataset(String file, int without) {
    Dataset dataset = open("jsonl", file);
    List<Optional<FeatureKey>> keys = new ArrayList<>();
    for (int i = 0; i < dataset.size(); i++) {
      keys.add(i == without ? Optional.empty() : Optional.of(key(i)));
    }
    return new FeaturedDataset(dataset, keys);
  }

  /** The same with another view of each image: its own thing, too, but not the same features. */
  FeaturedDataset varied(String file) {
    FeaturedDataset set = dataset(file);
    List<List<FeatureKey>> views = new ArrayList<>();
    for (Optional<FeatureKey> key : set.keys()) {
      views.add(List.of(key.orElseThrow().withView(new View(9, 0, 9, 0, true).number())));
    }
    try (Scope scope = Scope.open();
        FeatureWriter writer = features.writer(1000)) {
      for (int i = 0; i < views.size(); i++) {
        if (!features.contains(views.get(i).get(0))) {
          Tensor plain = features.get(List.of(set.keys().get(i).orElseThrow()));
          writer.put(views.get(i), plain.mul(new Scalar(0.5)));
        }
      }
    }
    return new FeaturedDataset(set.dataset(), set.keys(), views);
  }

  private Dataset open(String kind, String file) {
    Dataset dataset =
        Datasets.open(
            recipe(
                    "method: mapl",
                    "data.train=[{kind: " + kind + ", images: [], file: " + file + "}]")
                .value()
                .data()
                .train()
                .get(0),
            new DataRoots(Optional.of(folder), Optional.empty()),
            Problems.collecting());
    open.add(dataset);
    return dataset;
  }

  /** Documents whose images are {@code N.jpg}; one may lack its features. */
  FeaturedDataset documents(String file, int without) {
    Dataset dataset = open("interleaved", file);
    List<Optional<FeatureKey>> keys = new ArrayList<>();
    for (int i = 0; i < dataset.size(); i++) {
      int number = Integer.parseInt(dataset.image(i).name().replace(".jpg", ""));
      keys.add(number == without ? Optional.empty() : Optional.of(key(number)));
    }
    return new FeaturedDataset(dataset, keys);
  }

  FeaturedDataset dataset(String file) {
    return dataset(file, -1);
  }

  static Recipe<ConnectorRecipe> recipe(String yaml, String... options) {
    return RecipeReader.readText(yaml, "test.yaml", List.of(options), ConnectorRecipe::read);
  }

  @Override
  public void close() {
    open.forEach(Dataset::close);
    features.close();
    models.run();
  }
}
