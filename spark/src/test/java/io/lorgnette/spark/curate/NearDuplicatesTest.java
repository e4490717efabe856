package io.lorgnette.spark.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.ImageHash;
import io.lorgnette.error.InputException;
import io.lorgnette.spark.LocalSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearDuplicatesTest {

  private static final StructType FORM =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("number", DataTypes.LongType)
          .add("across", DataTypes.LongType)
          .add("down", DataTypes.LongType);

  /** Hashes of which many are copies of earlier ones with 0 to 14 bits changed. */
  private static List<ImageHash> hashes(long seed) {
    Random random = new Random(seed);
    List<ImageHash> hashes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (i < 40 || random.nextInt(3) == 0) {
        hashes.add(new ImageHash(random.nextLong(), random.nextLong()));
        continue;
      }
      ImageHash near = hashes.get(random.nextInt(hashes.size()));
      long across = near.across();
      long down = near.down();
      for (int bit = random.nextInt(15); bit > 0; bit--) {
        if (random.nextBoolean()) {
          across ^= 1L << random.nextInt(64);
        } else {
          down ^= 1L << random.nextInt(64);
        }
      }
      hashes.add(new ImageHash(across, down));
    }
    return hashes;
  }

  /** The first near one of each hash that has an earlier near one. */
  private static Map<Long, Integer> comparedWithEachOther(List<ImageHash> hashes, int distance) {
    Map<Long, Integer> dropped = new TreeMap<>();
    for (int i = 0; i < hashes.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (hashes.get(i).distance(hashes.get(j)) <= distance) {
          dropped.put((long) i, hashes.get(i).distance(hashes.get(j)));
          break;
        }
      }
    }
    return dropped;
  }

  @ParameterizedTest
  @CsvSource({"10, 6", "10, 11", "10, 16", "0, 2", "3, 2"})
  void nothingIsMissed(int distance, int bands) {
    List<ImageHash> hashes = hashes(bands);
    List<Row> rows = new ArrayList<>();
    for (int i = hashes.size() - 1; i >= 0; i--) {
      ImageHash hash = hashes.get(i);
      rows.add(RowFactory.create("image " + i, (long) i, hash.across(), hash.down()));
    }
    Dataset<Row> table = LocalSpark.session().createDataFrame(rows, FORM);
    Map<Long, Integer> found = new TreeMap<>();
    for (Row row : new NearDuplicates(distance, bands).dropped(table).collectAsList()) {
      assertThat(found).doesNotContainKey(row.getLong(1));
      found.put(row.getLong(1), row.getInt(3));
    }
    Map<Long, Integer> expected = comparedWithEachOther(hashes, distance);
    assertThat(expected).isNotEmpty();
    assertThat(found.keySet()).isEqualTo(expected.keySet());
  }

  @Test
  void bandsThatWouldMissPairsAreRefused() {
    assertThatThrownBy(() -> new NearDuplicates(10, 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("give at least 6");
  }

  @Test
  void aBandMayCrossTheHalves() {
    assertThat(NearDuplicates.bits(0x8000000000000000L, 1L, 60, 68)).isEqualTo(0b00011000);
  }
}
