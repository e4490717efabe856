package io.lorgnette.data;

import java.util.Arrays;

/**
 * The pairing of rows and columns of largest total weight (Kuhn 1955), by shortest augmenting paths
 * as in Jonker and Volgenant 1987: every row or every column gets a partner, whichever are fewer,
 * even where its weight is negative.
 */
final class Assignment {

  private Assignment() {}

  /**
   * Pairs rows and columns.
   *
   * @param weights {@code [R][C]}, finite, rows of equal length
   * @return {@code [R]}, the column of each row, or -1 for one that goes without
   */
  static int[] of(double[][] weights) {
    int rows = weights.length;
    int columns = rows == 0 ? 0 : weights[0].length;
    if (rows <= columns) {
      return rowsOf(weights, rows, columns);
    }
    double[][] turned = new double[columns][rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column][row] = weights[row][column];
      }
    }
    int[] rowOfColumn = rowsOf(turned, columns, rows);
    int[] columnOfRow = new int[rows];
    Arrays.fill(columnOfRow, -1);
    for (int column = 0; column < columns; column++) {
      columnOfRow[rowOfColumn[column]] = column;
    }
    return columnOfRow;
  }

  /** For no more rows than columns. Rows and columns count from 1; 0 stands for none. */
  private static int[] rowsOf(double[][] weights, int rows, int columns) {
    double[] rowPrice = new double[rows + 1];
    double[] columnPrice = new double[columns + 1];
    int[] rowAt = new int[columns + 1];
    int[] before = new int[columns + 1]; // the column that a shortest path comes from
    for (int row = 1; row <= rows; row++) {
      double[] distance = new double[columns + 1];
      boolean[] done = new boolean[columns + 1];
      Arrays.fill(distance, Double.POSITIVE_INFINITY);
      rowAt[0] = row;
      int column = 0;
      do {
        done[column] = true;
        int from = rowAt[column];
        int next = 0;
        for (int c = 1; c <= columns; c++) {
          if (!done[c]) {
            double cost = -weights[from - 1][c - 1] - rowPrice[from] - columnPrice[c];
            if (cost < distance[c]) {
              distance[c] = cost;
              before[c] = column;
            }
            if (next == 0 || distance[c] < distance[next]) {
              next = c;
            }
          }
        }
        double step = distance[next];
        for (int c = 0; c <= columns; c++) {
          if (done[c]) {
            rowPrice[rowAt[c]] += step;
            columnPrice[c] -= step;
          } else {
            distance[c] -= step;
          }
        }
        column = next;
      } while (rowAt[column] != 0);
      while (column != 0) {
        rowAt[column] = rowAt[before[column]];
        column = before[column];
      }
    }
    int[] columnOfRow = new int[rows];
    for (int c = 1; c <= columns; c++) {
      if (rowAt[c] != 0) {
        columnOfRow[rowAt[c] - 1] = c - 1;
      }
    }
    return columnOfRow;
  }
}
