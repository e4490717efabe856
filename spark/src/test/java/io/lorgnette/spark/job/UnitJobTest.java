package io.lorgnette.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.curate.PairScores;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.ExtractionListener;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureExtractor;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.Photo;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.method.Utterance;
import io.lorgnette.spark.Drawn;
import io.lorgnette.spark.LocalSpark;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.input.InputUnits;
import io.lorgnette.spark.input.ParquetColumns;
import io.lorgnette.spark.model.EncoderSpec;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.model.JointSpec;
import io.lorgnette.spark.model.SpeakerSpec;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFormat;
import io.lorgnette.spark.output.UnitCounts;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two shards of four pictures, the last of each broken. */
class UnitJobTest {

  private static final SpeakingSettings CAPTIONS =
      new SpeakingSettings(SpeakerSpec.pocket("captions"), 2, 8, 2);
  private static final EncoderSpec ENCODER = new EncoderSpec("pocket", "", Device.CPU);
  private static final JointSpec CLIP = new JointSpec("pocket-clip", Device.CPU);
  private static final int[] GOOD = {0, 1, 2, 4, 5, 6};

  @TempDir private Path folder;

  @BeforeEach
  void shards() throws IOException {
    Drawn.shard(folder.resolve("in/a.tar"), 0, 4);
    Drawn.shard(folder.resolve("in/b.tar"), 4, 4);
  }

  private static UnitJob job(Path input) {
    List<InputUnit> units = InputUnits.find(List.of(input.toString()), 3, new Configuration());
    return new UnitJob(LocalSpark.context(), units, ParquetColumns.DEFAULT);
  }

  private UnitJob job() {
    return job(folder.resolve("in"));
  }

  private JobFolder out(String name, RowFormat format) {
    return new JobFolder(folder.resolve(name).toString(), format);
  }

  private static List<RgbImage> pictures() {
    return IntStream.of(GOOD).mapToObj(i -> ImageReader.read(Drawn.png(i), "drawn")).toList();
  }

  private List<Row> rows(String name) {
    return LocalSpark.session()
        .read()
        .parquet(folder.resolve(name + "/data").toString())
        .collectAsList();
  }

  private Map<String, byte[]> files(String name) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (Stream<Path> all = Files.walk(folder.resolve(name))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  @Test
  void captionsAreThoseOfTheModelAndBrokenImagesAreTold() throws IOException {
    UnitJob.Summary summary = job().captions(CAPTIONS, out("captions", RowFormat.PARQUET));

    assertThat(summary).isEqualTo(new UnitJob.Summary(2, 0, new UnitCounts(6, 2, 6)));
    List<Utterance> said =
        ExecutorModels.get(CAPTIONS.model()).captions(pictures(), CAPTIONS.config());
    List<Row> rows = rows("captions");
    assertThat(rows).hasSize(6);
    for (int i = 0; i < GOOD.length; i++) {
      String id = "picture " + GOOD[i];
      Row row = rows.stream().filter(r -> r.getString(0).equals(id)).findFirst().orElseThrow();
      assertThat(row.getString(1)).isEqualTo(said.get(i).text());
      assertThat(row.getInt(5)).isEqualTo(64);
    }
    Row problem =
        LocalSpark.session()
            .read()
            .json(folder.resolve("captions/problems").toString())
            .orderBy("image")
            .first();
    assertThat(problem.<String>getAs("image")).isEqualTo("picture 3");
    assertThat(problem.<String>getAs("unit")).isEqualTo("000000-a");
    assertThat(problem.<String>getAs("problem")).contains("picture 3 ");
    assertThat(folder.resolve("captions/_temporary")).doesNotExist();
  }

  @Test
  void aRelativeFolderIsTheDrivers() {
    JobFolder whole = new JobFolder("some/out", RowFormat.JSON).whole(new Configuration());
    String here = Path.of("some/out").toAbsolutePath().toString();
    assertThat(whole).isEqualTo(new JobFolder("file:" + here, RowFormat.JSON));
  }

  @Test
  void aStoppedJobGoesOnWhereItWas() throws IOException {
    JobFolder out = out("captions", RowFormat.JSON);
    job().captions(CAPTIONS, out);
    Map<String, byte[]> whole = files("captions");
    // As if it had been killed between the data of the second unit and its end.
    Files.delete(folder.resolve("captions/done/000001-b.json"));
    Files.delete(folder.resolve("captions/done/.000001-b.json.crc"));
    Path first = folder.resolve("captions/data/000000-a.jsonl");
    Files.writeString(first, "left alone");
    Files.delete(folder.resolve("captions/data/.000000-a.jsonl.crc"));

    UnitJob.Summary again = job().captions(CAPTIONS, out);

    assertThat(again).isEqualTo(new UnitJob.Summary(2, 1, new UnitCounts(6, 2, 6)));
    assertThat(first).hasContent("left alone");
    String second = "captions/data/000001-b.jsonl";
    assertThat(files("captions").get(second)).isEqualTo(whole.get(second));
    assertThat(Files.readString(folder.resolve(second)).lines()).hasSize(3);
  }

  @Test
  void anotherJobOrInputInTheSameFolderIsRefused() throws IOException {
    JobFolder out = out("captions", RowFormat.JSON);
    job().captions(CAPTIONS, out);
    SpeakingSettings other = new SpeakingSettings(CAPTIONS.model(), 3, 8, 2);
    assertThatThrownBy(() -> job().captions(other, out))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("\"beams\":\"2\"");
    Drawn.shard(folder.resolve("in/c.tar"), 8, 2);
    assertThatThrownBy(() -> job().captions(CAPTIONS, out))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not those of the input");
  }

  @Test
  void aModelThatIsNotThereFailsTheJobInASentence() {
    SpeakerSpec absent =
        new SpeakerSpec(
            "no-such-folder", "pocket", "pocket-captions", "", CAPTIONS.model().computing());
    SpeakingSettings settings = new SpeakingSettings(absent, 2, 8, 2);
    assertThatThrownBy(() -> job().captions(settings, out("absent", RowFormat.JSON)))
        .rootCause()
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no-such-folder is not the folder of a vision encoder");
    assertThat(folder.resolve("absent/data")).doesNotExist();
  }

  @Test
  void answersAreThoseOfTheModel() {
    SpeakingSettings settings = new SpeakingSettings(SpeakerSpec.pocket("answers"), 1, 6, 4);
    job().answers(settings, out("answers", RowFormat.PARQUET));
    List<Row> rows = rows("answers");
    assertThat(rows).hasSize(12);
    Row row =
        rows.stream().filter(r -> r.getString(1).equals("picture 5#1")).findFirst().orElseThrow();
    Utterance alone =
        ExecutorModels.get(settings.model())
            .answer(
                ImageReader.read(Drawn.png(5), "drawn"), "How many?", List.of(), settings.config());
    assertThat(row.getString(3)).isEqualTo(alone.text());
  }

  @Test
  void featuresAreBitwiseThoseOfTheCache() throws IOException {
    job().features(new FeatureSettings(ENCODER, Dtype.F16, 3), out("features", RowFormat.PARQUET));
    Path collected = folder.resolve("collected");
    String from = folder.resolve("features").toString();
    long bound = 1L << 30;
    assertThat(CollectedFeatures.collect(from, collected, bound, new Configuration())).isEqualTo(6);
    assertThat(CollectedFeatures.collect(from, collected, bound, new Configuration())).isEqualTo(6);

    // The extractor's batch is the job's: equal batches give equal bits.
    VisionEncoder encoder = ExecutorModels.get(ENCODER);
    Path own = folder.resolve("own");
    try (FeatureCache theirs = cache(collected, encoder);
        FeatureCache ours = cache(own, encoder);
        Scope scope = Scope.open()) {
      new FeatureExtractor(encoder, ours, ImageReader.Options.DEFAULT, 3, 1)
          .extract(
              IntStream.of(GOOD).mapToObj(i -> Photo.of("p" + i, Drawn.png(i))).iterator(),
              0,
              ExtractionListener.NONE);
      List<FeatureKey> keys =
          IntStream.of(GOOD).mapToObj(i -> FeatureKey.of(Drawn.png(i), 0)).toList();
      assertThat(Tensors.bytes(theirs.get(keys))).isEqualTo(Tensors.bytes(ours.get(keys)));
    }
  }

  private static FeatureCache cache(Path in, VisionEncoder encoder) {
    return FeatureExtractor.openCache(
        in, encoder, ImageReader.Options.DEFAULT, Dtype.F16, 1L << 30);
  }

  @Test
  void foldersAndParquetAreReadAsShardsAre() throws IOException {
    Path images = folder.resolve("images");
    Files.createDirectories(images);
    List<Row> rows = new ArrayList<>();
    for (int i : GOOD) {
      Files.write(images.resolve(i + ".png"), Drawn.png(i));
      rows.add(RowFactory.create("picture " + i, RowFactory.create(Drawn.png(i), "x")));
    }
    rows.add(RowFactory.create("null", null));
    StructType image =
        new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
    StructType form = new StructType().add("id", DataTypes.StringType).add("image", image);
    LocalSpark.session()
        .createDataFrame(rows, form)
        .coalesce(1)
        .write()
        .parquet(folder.resolve("table").toString());

    UnitJob.Summary fromFolder = job(images).hashes(out("hashed", RowFormat.PARQUET));
    UnitJob.Summary fromTable =
        job(folder.resolve("table")).hashes(out("hashedTable", RowFormat.PARQUET));
    UnitJob.Summary fromShards = job().hashes(out("hashedShards", RowFormat.PARQUET));

    assertThat(fromFolder.counts()).isEqualTo(new UnitCounts(6, 0, 6));
    assertThat(fromFolder.units()).isEqualTo(2);
    assertThat(fromTable.counts()).isEqualTo(new UnitCounts(6, 1, 6));
    assertThat(fromShards.counts()).isEqualTo(new UnitCounts(6, 2, 6));
    assertThat(hashes("hashed")).isEqualTo(hashes("hashedTable"));
    assertThat(hashes("hashed")).isEqualTo(hashes("hashedShards"));
  }

  private List<String> hashes(String name) {
    Dataset<Row> table =
        LocalSpark.session().read().parquet(folder.resolve(name + "/data").toString());
    return table.select("across", "down").collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  @Test
  void scoresAreThoseOfTheJointSpace() {
    job().scores(CLIP, out("scores", RowFormat.PARQUET));
    JointEmbedder model = ExecutorModels.get(CLIP);
    List<float[]> alone =
        PairScores.cosines(
            model,
            pictures().subList(0, 3),
            IntStream.range(0, 3)
                .mapToObj(i -> List.of("A picture of " + i + " discs.", "Number " + i + "."))
                .toList());
    List<Row> rows = rows("scores");
    assertThat(rows).hasSize(12);
    for (Row row : rows) {
      if (row.getString(1).equals("Number 2.")) {
        assertThat(row.getFloat(2)).isEqualTo(alone.get(2)[1]);
      }
    }
  }

  @Test
  void writtenCaptionsAreRankedAndDoNotDependOnWhoWritesThem() throws IOException {
    CaptionFilterSettings settings =
        new CaptionFilterSettings(
            new SpeakingSettings(CAPTIONS.model(), 1, 8, 4), CLIP, 3, 0.9, 7, 2);
    job().captionFilter(settings, out("first", RowFormat.JSON));
    job().captionFilter(settings, out("second", RowFormat.JSON));
    String file = "/data/000001-b.jsonl";
    String text = Files.readString(folder.resolve("first" + file));
    assertThat(text.lines()).hasSize(6);
    assertThat(text).isEqualTo(Files.readString(folder.resolve("second" + file)));
    assertThat(text).contains("\"rank\":0", "\"rank\":1").doesNotContain("\"rank\":2");
  }

  @Test
  void tasksShareOneModelWithOneThreadEach() {
    List<Integer> models =
        LocalSpark.context()
            .parallelize(List.of(1, 2, 3, 4), 4)
            .map(i -> System.identityHashCode(ExecutorModels.get(CAPTIONS.model())))
            .collect();
    assertThat(models.stream().distinct()).hasSize(1);
    List<Integer> threads =
        LocalSpark.context().parallelize(List.of(1, 2), 2).map(i -> Engine.threads()).collect();
    assertThat(threads).containsOnly(1);
  }
}
