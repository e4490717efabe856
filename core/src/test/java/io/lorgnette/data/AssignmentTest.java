package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  @Test
  void findsTheLargestSumAsTryingAllPairingsDoes() {
    Random random = new Random(4);
    for (int round = 0; round < 600; round++) {
      int rows = 1 + random.nextInt(5);
      int columns = 1 + random.nextInt(6);
      boolean coarse = round % 2 == 0; // many ties
      double[][] weights = new double[rows][columns];
      for (double[] row : weights) {
        Arrays.setAll(row, i -> coarse ? random.nextInt(4) - 1 : random.nextGaussian());
      }
      int[] found = Assignment.of(weights);
      assertThat(found).hasSize(rows);
      int[] used = Arrays.stream(found).filter(column -> column >= 0).sorted().toArray();
      assertThat(used).hasSize(Math.min(rows, columns)).doesNotHaveDuplicates();
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        sum += found[row] < 0 ? 0 : weights[row][found[row]];
      }
      int left = Math.max(0, rows - columns);
      assertThat(sum).isCloseTo(best(weights, 0, new boolean[columns], left), within(1e-9));
    }
  }

  /** The best sum of the rows from one on, of which some may go without a column. */
  private static double best(double[][] weights, int row, boolean[] taken, int without) {
    if (row == weights.length) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    if (without > 0) {
      best = best(weights, row + 1, taken, without - 1);
    }
    for (int column = 0; column < taken.length; column++) {
      if (!taken[column]) {
        taken[column] = true;
        best = Math.max(best, weights[row][column] + best(weights, row + 1, taken, without));
        taken[column] = false;
      }
    }
    return best;
  }

  @Test
  void takesASmallerWeightForALargerSum() {
    assertThat(Assignment.of(new double[][] {{0.5, 0.4}, {0.45, 0.1}})).containsExactly(1, 0);
    assertThat(Assignment.of(new double[][] {{0.2}, {0.9}, {0.3}})).containsExactly(-1, 0, -1);
  }

  @Test
  void hasNothingToPairWithoutRowsOrColumns() {
    assertThat(Assignment.of(new double[0][])).isEmpty();
    assertThat(Assignment.of(new double[2][0])).containsExactly(-1, -1);
  }
}
