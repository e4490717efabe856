package io.lorgnette.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.GenerationDefaults;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Recorded generations: ids are compared exactly as far as the recorded margins allow, and the
 * scores of beams by their tolerance.
 */
final class Generations {

  /**
   * Where a generation begins.
   *
   * @param prompts one for each row
   * @param ids with which the recorded rows of a decoder begin, {@code [B, T]}; or null where they
   *     hold new ids only
   */
  record Start(List<Prompt> prompts, Tensor ids) {

    Start {
      prompts = List.copyOf(prompts);
    }
  }

  private final TextModel lm;
  private final Recording recording;
  private final Comparison comparison;

  Generations(TextModel lm, Recording recording, Comparison comparison) {
    this.lm = lm;
    this.recording = recording;
    this.comparison = comparison;
  }

  /**
   * Compares all that are recorded.
   *
   * @param defaults the checkpoint's settings with those of a run in their place
   * @param starts the prompts of a run by its name
   */
  void compare(
      BiFunction<Path, JsonNode, GenerationDefaults> defaults, Function<String, Start> starts) {
    for (String run : recording.runs()) {
      JsonNode settings = recording.settings(run);
      String name = run + ".ids";
      if (!settings.isObject()) {
        comparison.add(
            Row.notCompared(name, "its settings are not in " + recording.settingsFile()));
        recording.longs(name);
        continue;
      }
      try (Scope scope = Scope.open()) {
        GenerationDefaults own = defaults.apply(recording.settingsFile(), settings);
        if (own.base().sampling() != null) {
          comparison.add(Row.notCompared(name, "its tokens are drawn at random"));
          recording.longs(name);
        } else {
          compare(run, own, starts.apply(run));
        }
      }
    }
  }

  private void compare(String run, GenerationDefaults defaults, Start start) {
    boolean encoded = lm instanceof EncoderDecoder;
    int longest = start.prompts().stream().mapToInt(Prompt::length).max().orElseThrow();
    GenerationConfig config = defaults.config(encoded ? 1 : longest);
    Recorded recorded = recorded(run, config, start, encoded);
    List<List<Generation>> answers = new Generator(lm).generateAll(start.prompts(), config);
    if (config.beams() == 1) {
      greedy(run, recorded, answers);
    } else {
      beams(run, recorded, answers, config.numReturn());
    }
  }

  /** New ids of every row up to its end, and what tells how certain they are. */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Recorded(List<int[]> rows, Tensor margins, float[] scores) {}

  private Recorded recorded(String run, GenerationConfig config, Start start, boolean encoded) {
    String name = run + ".ids";
    Tensor all = recording.ids(name, lm.vocabulary());
    int rows = start.prompts().size() * config.numReturn();
    if (all.size(0) != rows) {
      throw recording.wrong(name, "has " + all.size(0) + " rows instead of " + rows);
    }
    int before = encoded ? 1 : start.ids() == null ? 0 : Math.toIntExact(start.ids().size(1));
    List<int[]> ids = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      long[] values = Tensors.toLongs(all.select(0, row));
      checkBeginning(name, values, row / config.numReturn(), before, start, encoded);
      ids.add(untilEnd(Arrays.copyOfRange(values, before, values.length), config));
    }
    String margin = run + ".margin";
    String scores = run + ".scores";
    return new Recorded(
        ids,
        recording.has(margin) ? recording.floats(margin) : null,
        recording.has(scores) ? Tensors.toFloats(recording.floats(scores)) : null);
  }

  private void checkBeginning(
      String name, long[] values, int prompt, int before, Start start, boolean encoded) {
    if (values.length <= before) {
      throw recording.wrong(name, "holds no new ids");
    }
    if (!encoded && start.ids() != null) {
      long[] expected = Tensors.toLongs(start.ids().select(0, prompt));
      if (!Arrays.equals(expected, Arrays.copyOf(values, before))) {
        throw recording.wrong(name, "does not begin with its prompt");
      }
    }
  }

  private static int[] untilEnd(long[] values, GenerationConfig config) {
    int[] ids = Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    for (int i = 0; i < ids.length; i++) {
      if (config.eos().contains(ids[i])) {
        return Arrays.copyOf(ids, i + 1); // padding of the batch stands behind
      }
    }
    return ids;
  }

  private void greedy(String run, Recorded recorded, List<List<Generation>> answers) {
    int compared = 0;
    int different = 0;
    int total = 0;
    for (int row = 0; row < answers.size(); row++) {
      int[] expected = recorded.rows().get(row);
      int[] ours = answers.get(row).get(0).ids();
      int certain = certain(recorded.margins(), row, expected.length);
      total += expected.length;
      compared += certain;
      different += differing(ours, expected, certain);
      if (certain == expected.length && ours.length > expected.length) {
        different += ours.length - expected.length;
      }
    }
    String note =
        compared < total
            ? "the first " + compared + " of " + total + " ids, then choices are close"
            : total + " ids";
    comparison.add(Row.of(run + ".ids", different, 0, note));
  }

  /** Ids before the first choice that was close; all where no margins are recorded. */
  private static int certain(Tensor margins, int row, int length) {
    if (margins == null) {
      return length;
    }
    float[] own = Tensors.toFloats(margins.select(0, row));
    int certain = 0;
    while (certain < length && certain < own.length && own[certain] > Tolerances.CLOSE) {
      certain++;
    }
    return certain;
  }

  private static int differing(int[] ours, int[] expected, int length) {
    int different = 0;
    for (int i = 0; i < length; i++) {
      different += i < ours.length && ours[i] == expected[i] ? 0 : 1;
    }
    return different;
  }

  private void beams(String run, Recorded recorded, List<List<Generation>> answers, int each) {
    float[] scores = recorded.scores();
    double largest = 0;
    int different = 0;
    int close = 0;
    for (int row = 0; row < recorded.rows().size(); row++) {
      Generation ours = answers.get(row / each).get(row % each);
      int[] expected = recorded.rows().get(row);
      if (scores != null) {
        largest = Math.max(largest, Math.abs(ours.score() - scores[row]));
        if (isClose(scores, row, row - 1, each) || isClose(scores, row, row + 1, each)) {
          close++;
          continue;
        }
      }
      different += Arrays.equals(ours.ids(), expected) ? 0 : 1;
    }
    if (scores != null) {
      comparison.add(Row.of(run + ".scores", largest, Tolerances.SCORE, ""));
    }
    int rows = recorded.rows().size();
    String note =
        (rows - close) + (close > 0 ? " of " + rows : "") + (rows == 1 ? " answer" : " answers");
    comparison.add(
        Row.of(run + ".ids", different, 0, close > 0 ? note + ", others are close" : note));
  }

  /** Whether two answers to one prompt have nearly the same score. */
  private static boolean isClose(float[] scores, int row, int other, int each) {
    return other >= 0
        && other < scores.length
        && other / each == row / each
        && Math.abs(scores[row] - scores[other]) <= Tolerances.CLOSE;
  }
}
