package io.lorgnette.spark.app;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionSums;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.spark.score.CaptionMetrics;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark score}: metrics of captions that no machine holds. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description =
        "Scores captions by BLEU, ROUGE-L, CIDEr and METEOR (exact, stem), as one JSON object in the"
            + " form of lorgnette score --json.")
final class ScoreCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = "--refs",
      required = true,
      paramLabel = "PATH",
      description = "Parquet or JSON lines with image (or image_id) and caption, or captions.")
  private String references;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "PATH",
      description = "Parquet or JSON lines with image (or image_id) and caption.")
  private String results;

  @Override
  public void run() {
    JobOptions.inSession(this::run);
  }

  private void run(SparkSession session) {
    CaptionSums sums =
        new CaptionMetrics(CaptionTokens.PTB)
            .score(captions(session, references), captions(session, results));
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ObjectNode corpus = node.putObject("corpus");
    sums.corpus().forEach(corpus::put);
    node.put("images", sums.images()).put("references", sums.references());
    ObjectNode variants = node.putObject("variants");
    variants.put("tokens", CaptionTokens.PTB.variant());
    variants.put("CIDEr", "document frequencies of the evaluated references");
    spec.commandLine().getOut().println(node);
  }

  /** {@code image, caption} of a table. */
  private static Dataset<Row> captions(SparkSession session, String path) {
    Dataset<Row> table =
        isJson(session, path) ? session.read().json(path) : session.read().parquet(path);
    List<String> names = Arrays.asList(table.columns());
    String image = Optional.of("image_id").filter(names::contains).orElse("image");
    if (!names.contains(image) || !(names.contains("caption") || names.contains("captions"))) {
      throw new InputException(path + " needs columns image and caption, but has " + names);
    }
    return table.select(
        col(image).cast("string").as("image"),
        names.contains("captions") ? explode(col("captions")).as("caption") : col("caption"));
  }

  /** A folder is of JSON lines where its first file is. */
  private static boolean isJson(SparkSession session, String path) {
    Path place = new Path(path);
    try {
      FileSystem system = place.getFileSystem(session.sparkContext().hadoopConfiguration());
      FileStatus[] found = system.globStatus(place);
      if (found == null || found.length == 0) {
        throw new InputException(path + " is not there; give a file, folder or pattern");
      }
      RemoteIterator<LocatedFileStatus> files = system.listFiles(found[0].getPath(), true);
      while (files.hasNext()) {
        String name = files.next().getPath().getName();
        if (!name.startsWith("_") && !name.startsWith(".")) {
          return !name.endsWith(".parquet");
        }
      }
      throw new InputException(path + " is empty");
    } catch (IOException e) {
      throw new InputException(path + " can not be read: " + e.getMessage(), e);
    }
  }
}
