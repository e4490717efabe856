package io.lorgnette.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Compares Lorgnette's METEOR with the METEOR 1.5 jar, which runs in a process of its own.
 * Development only; see the README beside this file.
 */
public final class CompareMeteor {

  private static final int SHOWN = 10;

  /**
   * A hypothesis with its references.
   *
   * @param hypothesis what is scored
   * @param references one or more
   */
  private record Segment(String hypothesis, List<String> references) {}

  private final Path folder;

  private CompareMeteor(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println(
          """
          usage: CompareMeteor FOLDER coco FILE [PAIRS SEED]   a COCO annotation file: each image's first caption against
                                                               its others, or PAIRS random pairs of captions of an image
                 CompareMeteor FOLDER mixtures NUMBER SEED     random joins of awkward pieces
                 CompareMeteor FOLDER stems FILE               words, one a line: does each match its stem?
                 CompareMeteor FOLDER record GOLDEN.json       writes the jar's statistics into a golden""");
      System.exit(2);
    }
    CompareMeteor compare = new CompareMeteor(Path.of(args[0]));
    switch (args[1]) {
      case "coco" ->
          compare.compare(
              args.length > 4
                  ? pairs(Path.of(args[2]), Integer.parseInt(args[3]), Long.parseLong(args[4]))
                  : images(Path.of(args[2])));
      case "mixtures" ->
          compare.compare(mixtures(Integer.parseInt(args[2]), Long.parseLong(args[3])));
      case "stems" -> compare.stems(Files.readAllLines(Path.of(args[2])));
      case "record" -> compare.record(Path.of(args[2]));
      default -> throw new IllegalArgumentException(args[1]);
    }
  }

  private void compare(List<Segment> segments) throws Exception {
    long start = System.nanoTime();
    Meteor meteor = new Meteor(MeteorData.load(folder));
    System.out.printf("lists read in %.1f s%n", (System.nanoTime() - start) / 1e9);
    List<int[]> expected = run(segments, List.of());
    start = System.nanoTime();
    int[][] ours =
        segments.parallelStream()
            .map(segment -> meteor.statistics(segment.hypothesis(), segment.references()))
            .toArray(int[][]::new);
    System.out.printf("ours took %.1f s%n", (System.nanoTime() - start) / 1e9);
    int equal = 0;
    for (int i = 0; i < ours.length; i++) {
      if (Arrays.equals(ours[i], expected.get(i))) {
        equal++;
      } else if (i - equal < SHOWN) {
        System.out.println("  " + segments.get(i));
        System.out.println("    jar  " + Arrays.toString(expected.get(i)));
        System.out.println("    ours " + Arrays.toString(ours[i]));
      }
    }
    System.out.printf("%d segments; all 23 numbers equal in %d%n", ours.length, equal);
    double score = Meteor.score(ours, IntStream.range(0, ours.length).toArray());
    System.out.printf("all together: ours %.15f, jar %.15f%n", score, evaluate(expected));
  }

  /** A word and its stem are a match when the stem of the stem is the stem itself. */
  private void stems(List<String> words) throws Exception {
    Meteor meteor = new Meteor(MeteorData.load(folder));
    List<Segment> segments =
        words.stream().map(word -> new Segment(word, List.of(Meteor.stem(word)))).toList();
    List<int[]> expected = run(segments, List.of("-m", "exact stem"));
    int equal = 0;
    for (int i = 0; i < segments.size(); i++) {
      String stem = segments.get(i).references().get(0);
      boolean same = words.get(i).equals(stem) || Meteor.stem(stem).equals(stem);
      boolean matched = expected.get(i)[21] > 0;
      equal += same == matched ? 1 : 0;
      if (same != matched) {
        System.out.println("  " + words.get(i) + " " + stem);
      }
    }
    System.out.printf("%d words; stem matches equal in %d%n", segments.size(), equal);
  }

  private Process start(List<String> options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("java", "-Dfile.encoding=UTF-8", "-Xmx2G", "-jar", "meteor-1.5.jar"));
    command.addAll(List.of("-", "-", "-stdio", "-l", "en", "-norm"));
    command.addAll(options);
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** What the jar prints for each segment; numbers of modules left out are 0. */
  private List<int[]> run(List<Segment> segments, List<String> options) throws Exception {
    Process process = start(options);
    Thread writer =
        new Thread(
            () -> {
              try (BufferedWriter out =
                  new BufferedWriter(
                      new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8))) {
                for (Segment segment : segments) {
                  String references = String.join(" ||| ", segment.references());
                  out.write("SCORE ||| " + references + " ||| " + segment.hypothesis() + "\n");
                }
              } catch (IOException e) {
                System.err.println("the jar reads no more: " + e);
              }
            });
    writer.start();
    List<int[]> statistics = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int[] printed =
            Arrays.stream(line.strip().split(" "))
                .mapToInt(word -> (int) Double.parseDouble(word))
                .toArray();
        int[] all = Arrays.copyOf(printed, Meteor.FIELDS);
        Arrays.fill(all, printed.length - 3, 20, 0);
        System.arraycopy(printed, printed.length - 3, all, 20, 3);
        statistics.add(all);
      }
    }
    if (statistics.size() != segments.size()) {
      throw new IOException("the jar answered " + statistics.size() + " of " + segments.size());
    }
    return statistics;
  }

  /** The jar's score of all statistics together. */
  private double evaluate(List<int[]> statistics) throws Exception {
    Process process = start(List.of("-m", "exact stem synonym paraphrase"));
    StringBuilder line = new StringBuilder("EVAL");
    for (int[] one : statistics) {
      line.append(" ||| ");
      Arrays.stream(one).forEach(number -> line.append((double) number).append(' '));
    }
    try (BufferedWriter out =
            new BufferedWriter(
                new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.write(line + "\n");
      out.flush();
      // The jar of the caption evaluation prints each one's score first.
      for (int i = 0; i < statistics.size(); i++) {
        in.readLine();
      }
      return Double.parseDouble(in.readLine());
    }
  }

  private static List<Segment> images(Path coco) {
    return CaptionFiles.readReferences(coco).values().stream()
        .filter(captions -> captions.size() > 1)
        .map(captions -> captions.stream().map(PtbTokenizer::tokenize).toList())
        .map(captions -> new Segment(captions.get(0), captions.subList(1, captions.size())))
        .toList();
  }

  private static List<Segment> pairs(Path coco, int number, long seed) {
    List<List<String>> images = List.copyOf(CaptionFiles.readReferences(coco).values());
    Random random = new Random(seed);
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      List<String> captions = images.get(random.nextInt(images.size()));
      String hypothesis = captions.get(random.nextInt(captions.size()));
      String reference = captions.get(random.nextInt(captions.size()));
      segments.add(
          new Segment(PtbTokenizer.tokenize(hypothesis), List.of(PtbTokenizer.tokenize(reference))));
    }
    return segments;
  }

  /** Words with synonyms and paraphrases, abbreviations and punctuation in any order. */
  static List<Segment> mixtures(int number, long seed) {
    String[] pieces =
        ("a the The man dog dogs person people sits sitting riding rides bike bicycle car automobile red"
                + " large big next to close near the front of in front on top of a lot many photo picture"
                + " of kids children child young elderly old is are n't isn't can not running quickly"
                + " geese goose glasses buss bus better good U.S. u.s. Mr. no. No. 5 e.g. 3.5 1,000"
                + " a-b-c x-y twenty-one -lrb- -rrb- ' '' `` 's man's rock'n'roll . .. ... , -- - – — ’ “ ” $"
                + " % é Ж 日本 😀 ½ as c5 hes haï added ad nearby close-up")
            .split(" ");
    Random random = new Random(seed);
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      List<String> sentences = new ArrayList<>();
      for (int n = 2 + random.nextInt(3); n > 0; n--) {
        StringBuilder text = new StringBuilder();
        for (int words = 1 + random.nextInt(10); words > 0; words--) {
          text.append(pieces[random.nextInt(pieces.length)]);
          text.append(random.nextInt(10) < 9 ? " " : "");
        }
        sentences.add(text.toString());
      }
      segments.add(new Segment(sentences.get(0), sentences.subList(1, sentences.size())));
    }
    return segments;
  }

  /** A golden that does not exist yet gets 600 mixtures. */
  private void record(Path golden) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    List<Segment> segments = new ArrayList<>();
    if (Files.exists(golden)) {
      for (JsonNode line : mapper.readTree(Files.readString(golden, StandardCharsets.UTF_8))) {
        List<String> references = new ArrayList<>();
        line.get("references").forEach(text -> references.add(text.asText()));
        segments.add(new Segment(line.get("hypothesis").asText(), references));
      }
    } else {
      segments.addAll(mixtures(600, 1));
    }
    Map<String, List<int[]>> recorded =
        Map.of(
            "all", run(segments, List.of()),
            "exact_stem_synonym", run(segments, List.of("-m", "exact stem synonym")),
            "exact_stem", run(segments, List.of("-m", "exact stem")));
    StringBuilder out = new StringBuilder("[\n");
    for (int i = 0; i < segments.size(); i++) {
      ObjectNode line = mapper.createObjectNode().put("hypothesis", segments.get(i).hypothesis());
      segments.get(i).references().forEach(line.withArray("references")::add);
      for (String modules : List.of("all", "exact_stem_synonym", "exact_stem")) {
        ArrayNode numbers = line.putArray(modules);
        Arrays.stream(recorded.get(modules).get(i)).forEach(numbers::add);
      }
      out.append(line).append(i + 1 < segments.size() ? ",\n" : "\n]\n");
    }
    Files.writeString(golden, out, StandardCharsets.UTF_8);
    System.out.println(segments.size() + " segments recorded");
  }
}
