package io.lorgnette.evaluate;

import io.lorgnette.data.Example;
import io.lorgnette.data.Question;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.train.FeaturedDataset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A question about an image, or an image to be captioned.
 *
 * @param key of its features
 * @param question one of the example's; null for a caption
 */
public record QuestionPlace(FeatureKey key, Example example, Question question) {

  /** The answered questions about images that could be decoded, in their order. */
  static List<QuestionPlace> of(FeaturedDataset set) {
    List<QuestionPlace> places = new ArrayList<>();
    for (int i = 0; i < set.dataset().size(); i++) {
      Optional<FeatureKey> key = set.keys().get(i);
      if (key.isPresent() && set.dataset().questionCount(i) > 0) {
        Example example = set.dataset().example(i);
        for (Question question : example.questions()) {
          if (!question.answers().isEmpty()) {
            places.add(new QuestionPlace(key.get(), example, question));
          }
        }
      }
    }
    return places;
  }

  /** Examples of a training split, without those about images that are asked about. */
  static List<QuestionPlace> pool(FeaturedDataset source, FeaturedDataset asked) {
    Set<FeatureKey> taken = new HashSet<>();
    asked.keys().forEach(key -> key.ifPresent(taken::add));
    return of(source).stream().filter(place -> !taken.contains(place.key())).toList();
  }

  /**
   * What was said here, beside what people said.
   *
   * @param score mean log-probability of a token, in nats
   */
  Item said(String text, double score) {
    return new Item(
        question == null ? example.id() : question.id(),
        example.id(),
        example.image().name(),
        question == null ? null : question.text(),
        text,
        score,
        question == null ? example.captions() : question.answers(),
        question == null ? null : question.type(),
        question == null ? null : question.answerType(),
        question == null ? null : question.answerable().orElse(null));
  }
}
