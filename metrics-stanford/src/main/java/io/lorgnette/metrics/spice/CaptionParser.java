package io.lorgnette.metrics.spice;

import edu.stanford.nlp.ling.CoreAnnotations;
import edu.stanford.nlp.ling.IndexedWord;
import edu.stanford.nlp.pipeline.Annotation;
import edu.stanford.nlp.pipeline.StanfordCoreNLP;
import edu.stanford.nlp.semgraph.SemanticGraph;
import edu.stanford.nlp.semgraph.SemanticGraphCoreAnnotations;
import edu.stanford.nlp.semgraph.SemanticGraphEdge;
import edu.stanford.nlp.util.CoreMap;
import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Stanford's parser of English, CoreNLP 3.6.0. Thread-safe. */
final class CaptionParser {

  private final StanfordCoreNLP pipeline;

  CaptionParser() {
    Properties properties = new Properties();
    properties.setProperty("annotators", "tokenize, ssplit, parse, lemma");
    pipeline = new StanfordCoreNLP(properties);
  }

  /** The sentences of a caption; none for an empty one. */
  List<Sentence> parse(String caption) {
    Annotation document = new Annotation(caption);
    pipeline.annotate(document);
    List<Sentence> sentences = new ArrayList<>();
    for (CoreMap sentence : document.get(CoreAnnotations.SentencesAnnotation.class)) {
      sentences.add(
          sentence(
              sentence.get(
                  SemanticGraphCoreAnnotations.CollapsedCCProcessedDependenciesAnnotation.class)));
    }
    return sentences;
  }

  private static Sentence sentence(SemanticGraph graph) {
    Map<IndexedWord, Integer> numbers = new LinkedHashMap<>();
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
