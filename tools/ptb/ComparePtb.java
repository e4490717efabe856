import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.PtbTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * Compares Lorgnette's Penn Treebank tokens with those of Stanford CoreNLP 3.4.1, which runs in a
 * process of its own. Development only; see the README beside this file.
 */
public final class ComparePtb {

  /** Follows each caption, because the tool looks at the next line before it ends the last one. */
  private static final String SEPARATOR = "zzz";

  private static final int SHOWN = 20;
  private static final int BATCH = 200_000;

  private final Path tool;

  private ComparePtb(Path tool) {
    this.tool = tool;
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println(
          """
          usage: ComparePtb TOOL.jar lines FILE [FIELD]      captions, one a line (.gz too); FIELD counts tabs from 1
                 ComparePtb TOOL.jar coco FILE                a COCO annotation or result file
                 ComparePtb TOOL.jar all ALPHABET LENGTH      every string over an alphabet
                 ComparePtb TOOL.jar mixtures NUMBER SEED     random joins of awkward pieces
                 ComparePtb TOOL.jar hostile NUMBER SEED GOLDEN.json   new strings of every kind, with the tool's tokens
                 ComparePtb TOOL.jar record GOLDEN.json       writes the tool's tokens into a golden
                 ComparePtb TOOL.jar characters FILE          observes the table of characters""");
      System.exit(2);
    }
    ComparePtb compare = new ComparePtb(Path.of(args[0]));
    switch (args[1]) {
      case "lines" ->
          compare.compare(lines(Path.of(args[2]), args.length > 3 ? Integer.parseInt(args[3]) : 0));
      case "coco" -> compare.compare(coco(Path.of(args[2])));
      case "all" -> compare.compare(all(args[2], Integer.parseInt(args[3])));
      case "mixtures" ->
          compare.compare(mixtures(Integer.parseInt(args[2]), Long.parseLong(args[3])));
      case "hostile" ->
          compare.record(
              Path.of(args[4]), hostile(Integer.parseInt(args[2]), Long.parseLong(args[3])));
      case "record" -> compare.record(Path.of(args[2]));
      case "characters" -> compare.characters(Path.of(args[2]));
      default -> throw new IllegalArgumentException(args[1]);
    }
  }

  private void compare(List<String> captions) throws Exception {
    int raw = 0;
    int scored = 0;
    int shown = 0;
    for (int from = 0; from < captions.size(); from += BATCH) {
      List<String> batch = captions.subList(from, Math.min(captions.size(), from + BATCH));
      List<String> expected = run(batch);
      for (int i = 0; i < batch.size(); i++) {
        String caption = batch.get(i);
        String ours = String.join(" ", PtbTokenizer.rawTokens(caption));
        boolean sameRaw = ours.equals(expected.get(i));
        boolean sameScored = PtbTokenizer.tokenize(caption).equals(scored(expected.get(i)));
        raw += sameRaw ? 1 : 0;
        scored += sameScored ? 1 : 0;
        if (!sameRaw && shown++ < SHOWN) {
          System.out.printf("  %s%n    tool %s%n    ours %s%n", caption, expected.get(i), ours);
        }
      }
    }
    System.out.printf(
        "%d captions; all tokens equal in %d, scored tokens equal in %d%n",
        captions.size(), raw, scored);
  }

  /** The tokens that the evaluation keeps of a line that the tool printed. */
  private static String scored(String line) {
    List<String> dropped =
        List.of(
            "''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-",
            "--", "...", ";");
    List<String> kept = new ArrayList<>(Arrays.asList(line.split(" ", -1)));
    kept.removeIf(token -> dropped.contains(token) || token.isEmpty());
    return String.join(" ", kept);
  }

  /** What the tool prints for each caption. */
  private List<String> run(List<String> captions) throws Exception {
    Path input = Files.createTempFile("ptb", ".txt");
    Path output = Files.createTempFile("ptb", ".out");
    try {
      List<String> file = new ArrayList<>();
      for (String caption : captions) {
        file.add(caption.replaceAll("[\n\u000B\f\r\u0085\u2028\u2029]", " "));
        file.add(SEPARATOR);
      }
      Files.write(input, file, StandardCharsets.UTF_8);
      Process process =
          new ProcessBuilder(
                  "java",
                  "-Dfile.encoding=UTF-8",
                  "-Dstdout.encoding=UTF-8",
                  "-cp",
                  tool.toString(),
                  "edu.stanford.nlp.process.PTBTokenizer",
                  "-preserveLines",
                  "-lowerCase",
                  input.toString())
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        throw new IOException("the tool failed; is " + tool + " CoreNLP 3.4.1?");
      }
      String[] printed = Files.readString(output, StandardCharsets.UTF_8).split("\n", -1);
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < captions.size(); i++) {
        if (!printed[2 * i + 1].equals(SEPARATOR)) {
          throw new IOException("lines have shifted after: " + captions.get(i));
        }
        lines.add(printed[2 * i]);
      }
      return lines;
    } finally {
      Files.delete(input);
      Files.delete(output);
    }
  }

  private static List<String> lines(Path path, int field) throws IOException {
    try (InputStream file = Files.newInputStream(path);
        InputStream in = path.toString().endsWith(".gz") ? new GZIPInputStream(file) : file) {
      List<String> lines = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        lines.add(field == 0 || line.isEmpty() ? line : line.split("\t", -1)[field - 1]);
      }
      return lines;
    }
  }

  private static List<String> coco(Path path) {
    List<String> captions = new ArrayList<>();
    CaptionFiles.readReferences(path).values().forEach(captions::addAll);
    return captions;
  }

  private static List<String> all(String alphabet, int length) {
    List<String> strings = new ArrayList<>();
    List<String> last = List.of("");
    for (int i = 0; i < length; i++) {
      List<String> longer = new ArrayList<>();
      for (String start : last) {
        for (char c : alphabet.toCharArray()) {
          longer.add(start + c);
        }
      }
      strings.addAll(longer);
      last = longer;
    }
    return strings;
  }

  private static List<String> mixtures(int number, long seed) throws IOException {
    String[] pieces =
        ("a A the The dog's isn't can't cannot gonna U.S. Mr. St. etc. Inc. e.g. p.m. No. no. 5 42 3.5"
                + " 1,000 1/2 10:30 $5 5% #1 #tag @user a@b.com http://x.yz/ab www.foo.com foo.com/bar"
                + " half-eaten T-shirt co-op -- --- - – — … ... .. . , ; : ! ? !! ?! ' \" '' `` ` ’ ‘ “"
                + " ” ( ) [ ] { } < > <b> </b> <br/> & &amp; &lt; &nbsp; &quot; AT&T R&B a/b and/or w/"
                + " / \\ * ** ~ ^ ^_^ :) :( :D ;-) = + ++ C++ C# _ __ a_b | % $ € £ ¥ ¢ ½ ¼ é ñandú"
                + " naïve Éa Ω я 日本 ™ ® © ° ² ³ ´ ¨ • ★ ♥ 😀 \u00a0 \u2009 \t \u200b \ufeff \u0301"
                + " \u2010 \u2212 '90s '90 'em 'tis 'til 'cause 'n' rock'n'roll o'clock O'Neil l'eau d'"
                + " y'all ma'am ol' more'n 's 'll 've 'd 'm n't J. J.R.R. K. A. I. Ph.D. D.C. 555-1234"
                + " 12/25/2003 2003-05-06 1st 2nd 90s 5'6\" 1.2.3 x.y end.Start yes!No .5 -5 +5 5-"
                + " foo.txt a.html anti- pro- US$ HK$ s'mores nat'l cap'n ٣ Ａ ﬁ x² H2O m² 20ºC ª ¿ ¡ «"
                + " » „ ‚ † § ¶ ± × ÷ µ ß ø ı Σ ς")
            .split(" ");
    Random random = new Random(seed);
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(8); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
        text.append(random.nextInt(100) < 45 ? " " : "");
      }
      strings.add(text.toString());
    }
    return strings;
  }

  /** Caption-like sentences into which every kind of awkward piece has been put. */
  private static List<String> hostile(int number, long seed) {
    String[][] kinds = {
      words("\" ' '' ` `` “ ” ‘ ’ ‚ „ « » ‹ › \"' '\" 5'6\" rock'n'roll '90s 'tis O'Neil's dogs' ’s ´"),
      words("( ) [ ] { } < > (a) [b] {c} <d> (( )) :-) :( ;) (: <3 </p> <br/> <!-- -- (the) -LRB-"),
      words("$5 $ US$5 €5 5€ £3.50 ¥100 ¢ 25¢ ₹ ₩ ¤ $1,000.00 5$ HK$ C$ £ 10% % ‰ #1 # no.5"),
      words("½ 1½ ¼ ¾ ⅓ ⅔ ⅛ 1/2 3/4 5 7/8 1⁄2 ⅞ 1/3rd 24/7 9/11 1.5 .5 5. 1,000 1.000,5 ² x³ ₂ H₂O"),
      words("U.S. U.K. U.S.A. Mr. Mrs. Dr. St. Ave. Jr. Inc. Ltd. Co. Corp. etc. e.g. i.e. vs. a.m. p.m. Ph.D."
          + " No. Fig. Jan. Sept. J. J.R. D.C. Calif. ft. sq. Gen. Gov. approx. est. dept. max. min. al."),
      words("😀 👍🏽 👨‍👩‍👧 🇫🇷 ❤️ ☺ ★ ♥ ☃ ✓ ☎ ⚽ 🐕‍🦺 ™ © ® ° • … † ‡ § ¶ → ≤ ≠ ∞ √ π µ ♀ ♂ № ﷼ 🏽"),
      words("naïve café ñandú Ærø ßtraße Ωmega я Привет 日本語 中文。 、 「犬」 한국어 ไทย हिन्दी नमस्ते مرحبا ، ؟"
          + " שלום ١٢٣ Ａｂｃ １２３ ﬁ ǆ İstanbul ı e\u0301 \u0301 ﬀ Ⅷ ª º ᾼ ᵃ ﹣ － ·"),
      words("\u0001 \u0007 \b \u001b[0m \u007f \u0080 \u0092 \u0096 \u00a0 \u00ad \u200b \u200d \u200e \u202e \u2009"
          + " \u3000 \ufeff \ufffd \ufffe \u2060 \u2010 \u2011 \u2212 \ue000 \t"),
      words("isn't can't won't cannot gonna wanna gimme y'all I'm you're we've he'd she'll it's ma'am o'clock"
          + " ISN'T Can’t n't 's 'll 'em c'mon l'eau d'or somethin' 'n' ain't dunno lemme"),
      words("- -- --- – — ― _ __ a-b twenty-one x--y -5 5- 1-2-3 co-op pre- -ing e-mail T-shirt ~ * ** ^ + = | \\ / //"
          + " . .. ... .... , ,, ; : :: ! !! ? ?! !? & && &amp; &lt; &quot; &nbsp; &#39; AT&T"),
      words("a@b.com @user #tag http://x.yz/a?b=c&d www.foo.com foo.com foo.org/bar x.html C++ C# F# .NET a.out"
          + " 555-1234 (555) 555-1234 +1 10:30 10:30pm 12/25/2003 2003-05-06 1st 2nd 90s R2D2 H2O v1.2.3"),
      words("a the A The man dogs in on Red street sign reading says with Number train bus and of it is I at")
    };
    Random random = new Random(seed);
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      StringBuilder text = new StringBuilder();
      // Each string has a kind of its own, among common words and now and then another kind.
      int kind = i % (kinds.length - 1);
      for (int n = 2 + random.nextInt(7); n > 0; n--) {
        int chance = random.nextInt(20);
        String[] from = kinds[chance < 8 ? kind : chance < 18 ? kinds.length - 1 : random.nextInt(kinds.length)];
        text.append(from[random.nextInt(from.length)]).append(random.nextInt(10) < 7 ? " " : "");
      }
      strings.add(text.toString());
    }
    return strings;
  }

  private static String[] words(String pieces) {
    return pieces.split(" ");
  }

  private void record(Path golden) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    List<String> texts = new ArrayList<>();
    for (JsonNode line : mapper.readTree(Files.readString(golden, StandardCharsets.UTF_8))) {
      texts.add(line.get("text").asText());
    }
    record(golden, texts);
  }

  private void record(Path golden, List<String> texts) throws Exception {
    compare(texts);
    ObjectMapper mapper = new ObjectMapper();
    List<String> printed = run(texts);
    ArrayNode lines = mapper.createArrayNode();
    for (int i = 0; i < texts.size(); i++) {
      ObjectNode line = lines.addObject();
      line.put("text", texts.get(i));
      line.put("raw", printed.get(i));
      line.put("tokenized", scored(printed.get(i)));
    }
    StringBuilder out = new StringBuilder("[\n");
    for (int i = 0; i < lines.size(); i++) {
      out.append(lines.get(i)).append(i + 1 < lines.size() ? ",\n" : "\n]\n");
    }
    Files.writeString(golden, out, StandardCharsets.UTF_8);
    System.out.println(lines.size() + " lines recorded");
  }

  /** Four probes tell a character's class: alone, between letters, between digits, doubled. */
  private void characters(Path table) throws Exception {
    List<String> probes = new ArrayList<>();
    List<Character> characters = new ArrayList<>();
    for (int c = 0x80; c < 0x10000; c++) {
      boolean lineBreak = c == 0x85 || c == 0x2028 || c == 0x2029;
      if (!Character.isSurrogate((char) c) && !lineBreak) {
        characters.add((char) c);
        probes.addAll(List.of("" + (char) c, "a" + (char) c + "b", "1" + (char) c + "1", "" + (char) c + (char) c));
      }
    }
    List<String> printed = run(probes);
    TreeMap<String, StringBuilder> ranges = new TreeMap<>();
    String open = "";
    char first = 0;
    char last = 0;
    for (int i = 0; i <= characters.size(); i++) {
      String found = i == characters.size() ? "" : classify(characters.get(i), printed.subList(4 * i, 4 * i + 4));
      boolean goesOn = i < characters.size() && found.equals(open) && characters.get(i) == last + 1;
      if (!goesOn) {
        if (!open.isEmpty()) {
          String range = first == last ? String.format("%04X", (int) first) : String.format("%04X-%04X", (int) first, (int) last);
          ranges.computeIfAbsent(open, key -> new StringBuilder()).append(' ').append(range);
        }
        first = i < characters.size() ? characters.get(i) : 0;
        open = found;
      }
      last = i < characters.size() ? characters.get(i) : 0;
    }
    StringBuilder out = new StringBuilder();
    ranges.forEach((name, list) -> out.append(name).append(list).append('\n'));
    Files.writeString(table, out, StandardCharsets.UTF_8);
  }

  private static String classify(char c, List<String> printed) {
    String self = String.valueOf(c).toLowerCase(java.util.Locale.ROOT);
    List<String> shape = printed.stream().map(line -> line.replace(self, "@")).toList();
    if (shape.get(0).equals("@") && shape.get(1).equals("a@b")) {
      if (shape.get(2).equals("1@1")) {
        return Character.isDigit(c) ? "digit" : "letter";
      }
      return shape.get(2).equals("1 @1") ? "mark" : "";
    }
    if (shape.equals(List.of("@", "a @ b", "1 @ 1", "@ @"))) {
      return "symbol";
    }
    return shape.equals(List.of("@", "a @ b", "1 @ 1", "@@")) ? "raised" : "";
  }
}
