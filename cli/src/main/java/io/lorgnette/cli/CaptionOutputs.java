package io.lorgnette.cli;

import io.lorgnette.bulk.CaptionFile;
import io.lorgnette.bulk.CaptionForm;
import io.lorgnette.bulk.FailureFile;
import io.lorgnette.bulk.PhotoInputs;
import io.lorgnette.bulk.Sidecars;
import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the captions of a run go. */
final class CaptionOutputs {

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write captions to this file; can be repeated. captions.jsonl gets one JSON line for each"
              + " photo as it is done, and a run passes over photos that it has. A .csv, a .json"
              + " (COCO results) and a .html (gallery) are made from these lines at the end; the"
              + " lines stand beside them, where no .jsonl is named.")
  private List<Path> outs = new ArrayList<>();

  @Option(
      names = "--as",
      paramLabel = "FORM",
      description = "jsonl, csv, coco or html, for an --out whose ending does not say it.")
  private CaptionForm form;

  @Option(
      names = "--xmp",
      description =
          "Put each caption as dc:description into photo.xmp beside its photo, where photo managers"
              + " find it; what else the file holds stays.")
  private boolean xmp;

  @Option(
      names = "--sidecars",
      paramLabel = "DIR",
      description = "As --xmp, but below this folder, at the paths that the photos have.")
  private Path sidecars;

  /**
   * What is written while photos are captioned, and after.
   *
   * @param path of the JSON lines, or null for standard output
   * @param file the JSON lines, or null for standard output
   * @param failures or null for standard output
   * @param sidecars or null for none
   * @param made further files by what they are to be
   */
  record Opened(
      Path path,
      CaptionFile file,
      FailureFile failures,
      Sidecars sidecars,
      Map<Path, CaptionForm> made)
      implements AutoCloseable {

    @Override
    public void close() {
      if (file != null) {
        file.close();
        failures.close();
      }
    }
  }

  /**
   * Opens what is asked for, and gives captions that are known already the sidecars that they lack.
   *
   * @throws InputException if two files are to hold the lines, or one can not be written
   */
  Opened open(PhotoInputs photos) {
    Sidecars beside = sidecars(photos);
    if (outs.isEmpty()) {
      if (form != null) {
        throw new InputException("--as is of use with --out FILE only");
      }
      return new Opened(null, null, null, beside, Map.of());
    }
    Path lines = null;
    Map<Path, CaptionForm> made = new LinkedHashMap<>();
    for (Path out : outs) {
      CaptionForm of = form != null && outs.size() == 1 ? form : CaptionForm.of(out);
      if (of != CaptionForm.JSONL) {
        made.put(out, of);
      } else if (lines == null) {
        lines = out;
      } else {
        throw new InputException("--out names two files of JSON lines, " + lines + " and " + out);
      }
    }
    Path path = lines == null ? linesBeside(outs.get(0)) : lines;
    CaptionFile file = CaptionFile.open(path);
    if (beside != null) {
      CaptionFile.forEach(path, line -> beside.writeWhereMissing(line.image(), line.caption()));
    }
    return new Opened(path, file, new FailureFile(FailureFile.beside(path)), beside, made);
  }

  private static Path linesBeside(Path out) {
    String name = out.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return out.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".jsonl");
  }

  private Sidecars sidecars(PhotoInputs photos) {
    if (sidecars != null) {
      return Sidecars.below(sidecars);
    }
    if (xmp && photos.archive().isPresent()) {
      throw new InputException(
          photos.archive().get()
              + " has no place for sidecars beside its photos; give --sidecars DIR instead of --xmp");
    }
    return xmp ? Sidecars.beside() : null;
  }
}
