package io.lorgnette.method;

import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.method.TrainingBatch.Sequence;
import io.lorgnette.method.TrainingBatch.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch as tokens with a mark for each image, {@code words <image> words <image> words}, padded
 * on the right with token 0: which tokens are predicted, and how many images each has at or before
 * it.
 *
 * <p>Predicted are the targets behind an image. The marks, the words before the first image, the
 * prompts and the padding are not.
 */
final class MarkedRows {

  final int rows;
  final int columns;

  /** The most images in one row. */
  final int most;

  /** {@code [rows * columns]}. */
  final long[] ids;

  /** {@code [rows * columns]}, ids or {@link NextTokenLoss#IGNORE}. */
  final long[] labels;

  /** {@code [rows * columns]}, images at or before each token. */
  final long[] seen;

  /** {@code [rows * most]}, rows of the features; where a row has fewer images, any. */
  final long[] images;

  /**
   * Lays a batch out: texts first, each with its image before it, then sequences.
   *
   * @param mark the token that stands for an image
   */
  MarkedRows(TrainingBatch batch, int mark) {
    List<Sequence> all = new ArrayList<>();
    batch.texts().forEach(text -> all.add(new Sequence(new int[0], List.of(text))));
    all.addAll(batch.sequences());
    rows = all.size();
    columns = all.stream().mapToInt(Sequence::length).max().orElseThrow();
    most = all.stream().mapToInt(row -> row.chunks().size()).max().orElseThrow();
    ids = new long[rows * columns];
    labels = new long[rows * columns];
    seen = new long[rows * columns];
    images = new long[rows * most];
    Arrays.fill(labels, NextTokenLoss.IGNORE);
    for (int row = 0; row < rows; row++) {
      write(all.get(row), row, mark);
    }
  }

  private void write(Sequence sequence, int row, int mark) {
    int at = row * columns;
    for (int id : sequence.before()) {
      ids[at++] = id;
    }
    int count = 0;
    for (Text chunk : sequence.chunks()) {
      images[row * most + count++] = chunk.image();
      Arrays.fill(seen, at, (row + 1) * columns, count);
      ids[at++] = mark;
      for (int id : chunk.prompt()) {
        ids[at++] = id;
      }
      for (int id : chunk.target()) {
        labels[at] = id;
        ids[at++] = id;
      }
    }
  }
}
