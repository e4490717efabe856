package io.lorgnette.metrics.spice;

import edu.stanford.nlp.ling.CoreAnnotations;
import edu.stanford.nlp.ling.IndexedWord;
import edu.stanford.nlp.parser.lexparser.LexicalizedParser;
import edu.stanford.nlp.pipeline.Annotation;
import edu.stanford.nlp.pipeline.AnnotationPipeline;
import edu.stanford.nlp.pipeline.MorphaAnnotator;
import edu.stanford.nlp.pipeline.ParserAnnotator;
import edu.stanford.nlp.pipeline.TokenizerAnnotator;
import edu.stanford.nlp.pipeline.WordsToSentencesAnnotator;
import edu.stanford.nlp.semgraph.SemanticGraph;
import edu.stanford.nlp.semgraph.SemanticGraphCoreAnnotations;
import edu.stanford.nlp.semgraph.SemanticGraphEdge;
import edu.stanford.nlp.trees.Tree;
import edu.stanford.nlp.trees.TreeCoreAnnotations;
import edu.stanford.nlp.util.CoreMap;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.zip.GZIPInputStream;

/**
 * The parser of English that SPICE was defined with: the PCFG of Stanford CoreNLP 3.6.0 with
 * collapsed, propagated dependencies. Thread-safe.
 *
 * <p>The annotators are put together here instead of by {@code StanfordCoreNLP}, which writes to
 * standard error. The reference also runs the named-entity recogniser, whose outcome its rules do
 * not look at.
 */
final class CaptionParser {

  /** What is parsed with; part of the name of the cache. */
  static final String IDENTITY = "corenlp-3.6.0-english-pcfg";

  /** Longer captions would take the parser minutes and gigabytes. */
  static final int MAX_WORDS = 150;

  static final String MODEL = "edu/stanford/nlp/models/lexparser/englishPCFG.ser.gz";

  private final AnnotationPipeline pipeline = new AnnotationPipeline();

  private CaptionParser(LexicalizedParser parser) {
    parser.setOptionFlags(parser.defaultCoreNLPFlags());
    // The tool's defaults, but without a message about characters that it leaves out.
    Properties tokens = new Properties();
    tokens.setProperty("tokenize.options", "invertible,ptb3Escaping=true,untokenizable=noneDelete");
    pipeline.addAnnotator(new TokenizerAnnotator(false, tokens));
    pipeline.addAnnotator(new WordsToSentencesAnnotator(false));
    pipeline.addAnnotator(new ParserAnnotator(parser, false, -1));
    pipeline.addAnnotator(new MorphaAnnotator(false));
  }

  /**
   * Loads the model, which takes seconds.
   *
   * @throws InputException if it is not on the class path
   */
  static CaptionParser load() {
    try (InputStream in = CaptionParser.class.getClassLoader().getResourceAsStream(MODEL)) {
      if (in == null) {
        throw new InputException(
            "SPICE needs the English models of Stanford CoreNLP 3.6.0, which are not on the class"
                + " path; build with \"mvn -Pspice-models package\" or add"
                + " stanford-corenlp-3.6.0-models.jar to LORGNETTE_CLASSPATH (docs/spice.md).");
      }
      ObjectInputStream model =
          new ObjectInputStream(new BufferedInputStream(new GZIPInputStream(in)));
      return new CaptionParser(LexicalizedParser.loadModel(model));
    } catch (IOException e) {
      throw new InputException(
          "The parser's model "
              + MODEL
              + " on the class path can not be read ("
              + e.getMessage()
              + "); download stanford-corenlp-3.6.0-models.jar anew.",
          e);
    }
  }

  /**
   * The sentences of a caption; none for an empty one.
   *
   * @throws InputException if a caption is longer than {@link #MAX_WORDS}, or the parser gives up
   */
  List<Sentence> parse(String caption) {
    Annotation document = new Annotation(caption);
    int words = caption.split(" ", -1).length;
    if (words > MAX_WORDS) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "A caption has %d words (%s), but SPICE's parser takes at most %d; shorten it, or"
                  + " leave SPICE out with --no-spice.",
              words,
              start(caption),
              MAX_WORDS));
    }
    pipeline.annotate(document);
    List<Sentence> sentences = new ArrayList<>();
    for (CoreMap sentence : document.get(CoreAnnotations.SentencesAnnotation.class)) {
      // Where it gives up, CoreNLP goes on with a flat tree under "X".
      Tree tree = sentence.get(TreeCoreAnnotations.TreeAnnotation.class);
      if (tree == null || tree.value().equals("X")) {
        throw new InputException(
            "SPICE's parser gave up on a caption ("
                + start(caption)
                + "), most likely for want of memory; allow Java more with"
                + " LORGNETTE_JAVA_OPTS=-Xmx6g, or leave SPICE out with --no-spice.");
      }
      sentences.add(
          sentence(
              sentence.get(
                  SemanticGraphCoreAnnotations.CollapsedCCProcessedDependenciesAnnotation.class)));
    }
    return sentences;
  }

  private static String start(String caption) {
    return caption.length() <= 40 ? caption : caption.substring(0, 40) + " ...";
  }

  private static Sentence sentence(SemanticGraph graph) {
    Map<IndexedWord, Integer> numbers = new HashMap<>();
    List<Word> words = new ArrayList<>();
    for (IndexedWord word : graph.vertexListSorted()) {
      numbers.put(word, numbers.size());
      words.add(new Word(word.index(), word.word(), word.lemma(), word.tag()));
    }
    List<Dependency> dependencies = new ArrayList<>();
    for (IndexedWord root : graph.getRoots()) {
      dependencies.add(new Dependency(Dependency.ROOT, numbers.get(root), "root"));
    }
    for (SemanticGraphEdge edge : graph.edgeListSorted()) {
      dependencies.add(
          new Dependency(
              numbers.get(edge.getGovernor()),
              numbers.get(edge.getDependent()),
              edge.getRelation().toString()));
    }
    return new Sentence(words, dependencies);
  }
}
