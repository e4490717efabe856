package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.method.TrainingBatch.Sequence;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which tokens of texts with images are predicted, and what each of them sees. */
class MarkedRowsTest {

  private static final int PADDING = 0;
  private static final int MARK = 101;
  private static final int END = 100;
  private static final int WORDS = 100;

  private static int[] words(Random random, int most, boolean ended) {
    int[] words = random.ints(random.nextInt(most + 1), 1, WORDS).toArray();
    if (!ended) {
      return words;
    }
    int[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = END;
    return all;
  }

  private static Sequence sequence(Random random, int images) {
    List<Text> chunks = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      chunks.add(new Text(random.nextInt(images), new int[0], words(random, 5, true)));
    }
    return new Sequence(words(random, 4, false), chunks);
  }

  /** The rules as OpenFlamingo's training states them, over tokens alone. */
  private static long[] labels(long[] tokens) {
    long[] labels = tokens.clone();
    int at = 0;
    while (at < tokens.length && tokens[at] != MARK) {
      labels[at++] = NextTokenLoss.IGNORE; // before the first image
    }
    for (int end = 0; end < tokens.length; end++) {
      if (tokens[end] == END) {
        for (int i = end + 1; i < tokens.length && tokens[i] != MARK; i++) {
          labels[i] = NextTokenLoss.IGNORE; // between an end of chunk and the next image
        }
      }
    }
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] == MARK || tokens[i] == PADDING) {
        labels[i] = NextTokenLoss.IGNORE;
      }
    }
    return labels;
  }

  @Test
  void masksWhatTheRulesOverTokensMask() {
    Random random = new Random(8);
    for (int round = 0; round < 200; round++) {
      List<Sequence> sequences = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        sequences.add(sequence(random, 3));
      }
      MarkedRows rows = rows(List.of(), sequences);
      for (int row = 0; row < rows.rows; row++) {
        long[] tokens = row(rows, rows.ids, row);
        assertThat(tokens).startsWith(flat(sequences.get(row)));
        assertThat(row(rows, rows.labels, row)).isEqualTo(labels(tokens));
      }
    }
  }

  @Test
  void everyTokenSeesTheImagesAtOrBeforeIt() {
    Random random = new Random(9);
    for (int round = 0; round < 200; round++) {
      List<Sequence> sequences = List.of(sequence(random, 3), sequence(random, 3));
      MarkedRows rows = rows(List.of(), sequences);
      for (int row = 0; row < rows.rows; row++) {
        long[] tokens = row(rows, rows.ids, row);
        for (int at = 0; at < tokens.length; at++) {
          long marks = Arrays.stream(tokens, 0, at + 1).filter(token -> token == MARK).count();
          assertThat(row(rows, rows.seen, row)[at]).isEqualTo(marks);
        }
        List<Text> chunks = sequences.get(row).chunks();
        for (int image = 0; image < chunks.size(); image++) {
          assertThat(rows.images[row * rows.most + image]).isEqualTo(chunks.get(image).image());
        }
      }
    }
  }

  @Test
  void aTextIsARowWithOneImageAndAnUnpredictedPrompt() {
    Text text = new Text(2, new int[] {5, 6}, new int[] {7, END});
    MarkedRows rows =
        rows(List.of(text), List.of(new Sequence(new int[] {9, 9}, List.of(text, text))));
    long no = NextTokenLoss.IGNORE;
    assertThat(row(rows, rows.ids, 0)).startsWith(MARK, 5, 6, 7, END, PADDING);
    assertThat(row(rows, rows.labels, 0)).startsWith(no, no, no, 7, END, no);
    assertThat(row(rows, rows.ids, 1))
        .containsExactly(9, 9, MARK, 5, 6, 7, END, MARK, 5, 6, 7, END);
    assertThat(row(rows, rows.labels, 1))
        .containsExactly(no, no, no, no, no, 7, END, no, no, no, 7, END);
    assertThat(row(rows, rows.seen, 1)).containsExactly(0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2);
  }

  private static MarkedRows rows(List<Text> texts, List<Sequence> sequences) {
    try (Scope scope = Scope.open()) {
      return new MarkedRows(
          new TrainingBatch(Tensors.ofFloats(new float[3], 3, 1, 1), texts, sequences), MARK);
    }
  }

  private static long[] row(MarkedRows rows, long[] values, int row) {
    return Arrays.copyOfRange(values, row * rows.columns, (row + 1) * rows.columns);
  }

  private static long[] flat(Sequence sequence) {
    LongStream.Builder tokens = LongStream.builder();
    Arrays.stream(sequence.before()).forEach(tokens::add);
    for (Text chunk : sequence.chunks()) {
      tokens.add(MARK);
      Arrays.stream(chunk.target()).forEach(tokens::add);
    }
    return tokens.build().toArray();
  }
}
