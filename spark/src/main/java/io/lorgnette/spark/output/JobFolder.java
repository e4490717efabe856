package io.lorgnette.spark.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.input.InputUnit.InputFile;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where a job writes, on any Hadoop file system:
 *
 * <pre>
 * manifest.json            what the job is, its settings, its units
 * data/UNIT.parquet        rows of a unit (or .jsonl)
 * problems/UNIT.jsonl      what could not be used of it, and why; only where there is something
 * done/UNIT.json           counts of a unit that is done: written last
 * </pre>
 *
 * <p>Files are written under other names and renamed when they are whole. A unit counts only when
 * its file in {@code done} is there, so a job that was killed goes on with the units that have
 * none.
 *
 * @param path with its scheme
 */
public record JobFolder(String path, RowFormat format) implements Serializable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MANIFEST = "manifest.json";
  private static final String DONE = "done";

  /** The same folder with its whole path, for executors, whose own folder is another. */
  public JobFolder whole(Configuration hadoop) {
    Path given = new Path(path);
    try {
      return new JobFolder(given.getFileSystem(hadoop).makeQualified(given).toString(), format);
    } catch (IOException e) {
      throw new InputException(path + " can not be used: " + e.getMessage(), e);
    }
  }

  /** The file with a unit's rows. */
  public Path data(String unit) {
    return new Path(new Path(path, "data"), unit + format.ending());
  }

  /** The folder with all rows, which Spark reads as a table. */
  public Path data() {
    return new Path(path, "data");
  }

  Path problems(String unit) {
    return new Path(new Path(path, "problems"), unit + ".jsonl");
  }

  Path done(String unit) {
    return new Path(new Path(path, DONE), unit + ".json");
  }

  /** A name for an attempt, which listings of the folder pass over. */
  Path temporary(String unit, String attempt, String ending) {
    return new Path(new Path(path, "_temporary"), unit + "-" + attempt + ending);
  }

  /**
   * Begins the job, or finds it begun.
   *
   * @param job what is done
   * @param settings everything that the rows depend on, besides the input
   * @throws InputException if the folder holds another job, other settings or another input
   */
  public void begin(
      String job, Map<String, String> settings, List<InputUnit> units, Configuration hadoop) {
    String wanted = manifest(job, settings, units).toPrettyString();
    Path file = new Path(path, MANIFEST);
    try {
      Optional<String> found = HadoopFiles.read(file, hadoop);
      if (found.isEmpty()) {
        HadoopFiles.write(file, temporary("manifest", "begin", ".json"), wanted, hadoop);
      } else if (!JSON.readTree(found.get()).equals(JSON.readTree(wanted))) {
        throw new InputException(
            file
                + " was begun with other settings, another input or another job ("
                + difference(JSON.readTree(found.get()), JSON.readTree(wanted))
                + "); give those, or choose another folder");
      }
    } catch (JsonProcessingException e) {
      throw new InputException(file + " is damaged; choose another folder", e);
    } catch (IOException e) {
      throw new InputException(path + " can not be written: " + e.getMessage(), e);
    }
  }

  private static String difference(JsonNode found, JsonNode wanted) {
    for (String part : List.of("job", "settings")) {
      if (!found.path(part).equals(wanted.path(part))) {
        return part + " " + found.path(part) + " there, " + wanted.path(part) + " asked for";
      }
    }
    return "its files are not those of the input now";
  }

  private static ObjectNode manifest(
      String job, Map<String, String> settings, List<InputUnit> units) {
    ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("job", job);
    ObjectNode chosen = manifest.putObject("settings");
    new TreeMap<>(settings).forEach(chosen::put);
    ArrayNode all = manifest.putArray("units");
    for (InputUnit unit : units) {
      all.addObject()
          .put("name", unit.name())
          .put("kind", unit.kind().name())
          .put("first", unit.files().get(0).path())
          .put("files", unit.files().size())
          .put("bytes", unit.bytes())
          .put("sha256", names(unit));
    }
    return manifest;
  }

  /** Over the names and lengths of the files. */
  private static String names(InputUnit unit) {
    MessageDigest digest = Sha256.digest();
    for (InputFile file : unit.files()) {
      String line = file.path() + "\n" + file.bytes() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.hex(digest);
  }

  /** The units that have not been done, in their order. */
  public List<InputUnit> pending(List<InputUnit> units, Configuration hadoop) {
    Set<String> done = new HashSet<>();
    Path folder = new Path(path, DONE);
    try {
      FileSystem system = folder.getFileSystem(hadoop);
      if (system.exists(folder)) {
        for (FileStatus file : system.listStatus(folder)) {
          done.add(file.getPath().getName());
        }
      }
    } catch (IOException e) {
      throw new InputException(folder + " can not be listed: " + e.getMessage(), e);
    }
    return units.stream().filter(unit -> !done.contains(unit.name() + ".json")).toList();
  }

  boolean isDone(String unit, Configuration hadoop) throws IOException {
    return done(unit).getFileSystem(hadoop).exists(done(unit));
  }

  /** What was done of a unit that is done. */
  public UnitCounts counts(String unit, Configuration hadoop) throws IOException {
    JsonNode counts = JSON.readTree(HadoopFiles.read(done(unit), hadoop).orElse("{}"));
    return new UnitCounts(
        counts.path("images").asLong(),
        counts.path("broken").asLong(),
        counts.path("rows").asLong());
  }

  /** Removes what attempts that were killed have left. */
  public void clean(Configuration hadoop) throws IOException {
    Path temporary = new Path(path, "_temporary");
    temporary.getFileSystem(hadoop).delete(temporary, true);
  }
}
