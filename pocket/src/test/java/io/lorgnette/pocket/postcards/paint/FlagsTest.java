package io.lorgnette.pocket.postcards.paint;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Split;
import io.lorgnette.pocket.postcards.scene.Box;
import io.lorgnette.pocket.postcards.scene.Country;
import io.lorgnette.pocket.postcards.scene.Director;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rule of {@link Country}: no flag on a postcard looks like that of another state. */
class FlagsTest {

  private static final List<String> UNITED_NATIONS =
      List.of(
          ("af al dz ad ao ag ar am au at az bs bh bd bb by be bz bj bt bo ba bw br bn bg bf bi cv"
                  + " kh cm ca cf td cl cn co km cg cd cr ci hr cu cy cz dk dj dm do ec eg sv gq er"
                  + " ee sz et fj fi fr ga gm ge de gh gr gd gt gn gw gy ht hn hu is in id ir iq ie"
                  + " il it jm jp jo kz ke ki kw kg la lv lb ls lr ly li lt lu mg mw my mv ml mt mh"
                  + " mr mu mx fm md mc mn me ma mz mm na nr np nl nz ni ne ng kp mk no om pk pw pa"
                  + " pg py pe ph pl pt qa kr ro ru rw kn lc vc ws sm st sa sn rs sc sl sg sk si sb"
                  + " so za ss es lk sd sr se ch sy tj th tl tg to tt tn tr tm tv ug ua ae gb tz us"
                  + " uy uz vu ve vn ye zm zw")
              .split(" "));

  private static final double LEAST_DISTANCE = 31;
  private static final int COLUMNS = 16;
  private static final int ROWS = 12;

  private static final Map<String, double[][]> CELLS = new LinkedHashMap<>();

  @BeforeAll
  static void drawAll() {
    UNITED_NATIONS.forEach(code -> CELLS.put(code, cells(Flags.image(code))));
  }

  private static double[][] cells(BufferedImage flag) {
    int size = Flags.WIDTH / COLUMNS;
    double[][] cells = new double[COLUMNS * ROWS][];
    for (int cell = 0; cell < cells.length; cell++) {
      int[] sum = new int[3];
      for (int i = 0; i < size * size; i++) {
        int x = (cell % COLUMNS) * size + i % size;
        int y = (cell / COLUMNS) * size + i / size;
        for (int c = 0; c < 3; c++) {
          sum[c] += flag.getRGB(x, y) >> (16 - 8 * c) & 255;
        }
      }
      int n = size * size;
      cells[cell] = NamedColour.lab((sum[0] / n) << 16 | (sum[1] / n) << 8 | (sum[2] / n));
    }
    return cells;
  }

  private static double distance(String a, String b) {
    double sum = 0;
    for (int i = 0; i < COLUMNS * ROWS; i++) {
      double d = NamedColour.distance(CELLS.get(a)[i], CELLS.get(b)[i]);
      sum += d * d;
    }
    return Math.sqrt(sum / (COLUMNS * ROWS));
  }

  @Test
  void everyFlagIsUnlikeAllOthers() {
    assertThat(UNITED_NATIONS).hasSize(193).doesNotHaveDuplicates();
    for (Country country : Country.values()) {
      assertThat(UNITED_NATIONS).contains(country.code());
      for (String other : UNITED_NATIONS) {
        if (!other.equals(country.code())) {
          assertThat(distance(country.code(), other))
              .as("%s and %s", country, other)
              .isGreaterThanOrEqualTo(LEAST_DISTANCE);
        }
      }
    }
  }

  @Test
  void flagsThatLookAlikeAreLeftOut() {
    Set<String> flown = new HashSet<>();
    Arrays.stream(Country.values()).forEach(country -> flown.add(country.code()));
    for (String alike :
        List.of("it mx", "nl py", "be td", "ro td", "au nz", "id mc", "in ne", "ie it", "sn ml")) {
      String[] pair = alike.split(" ", -1);
      assertThat(distance(pair[0], pair[1])).as(alike).isLessThan(LEAST_DISTANCE);
      assertThat(flown).doesNotContain(pair);
    }
    assertThat(flown).hasSize(Country.values().length).hasSizeGreaterThanOrEqualTo(40);
  }

  @Test
  void aFlagFliesUncoveredWhereTheSceneSaysSo() {
    int flags = 0;
    for (int i = 0; i < 40; i++) {
      Scene scene = Director.scene(31, Split.TRAIN, i);
      if (scene.flag().isPresent()) {
        Box cloth = scene.flag().get().cloth();
        int seen = Masks.count(Masks.flag(scene));
        assertThat((double) seen).isGreaterThan(0.95 * cloth.area());
        assertThat(cloth.width()).isGreaterThan(0.3 * scene.stage().unit());
        flags++;
      }
    }
    assertThat(flags).isBetween(4, 20);
  }
}
