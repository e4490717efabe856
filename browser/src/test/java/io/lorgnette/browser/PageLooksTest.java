package io.lorgnette.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** That everybody can use the page: in the dark, on a phone, by keyboard, with a screen reader. */
class PageLooksTest {

  @TempDir static Path folder;

  private static ServedPage served;
  private static Browser browser;

  @BeforeAll
  static void start() {
    served = new ServedPage(folder);
    browser = served.browser;
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @BeforeEach
  void open() {
    browser.open();
  }

  /** Everything that the page can show at once. */
  private static void fill(int photo) {
    browser.choose("other", ServedPage.ANSWERS);
    browser.bring("drop", "postcard.jpg", "image/jpeg", served.base64(photo));
    browser.await(() -> browser.all(".said .facts").size() == 2);
    browser.choose("other", "");
    browser.one(".ask input").sendKeys("What is in the picture?");
    browser.one(".ask button").click();
    browser.await(() -> browser.all(".answers .facts").size() == 1);
    browser.all(".answers button").get(0).click();
    browser.one(".look").click();
    browser.await(() -> !browser.all(".word").isEmpty());
    browser.run("document.querySelectorAll('.word')[3].click()");
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothingWrong(String scheme) {
    browser.colours(scheme);
    assertThat(browser.violations()).isEmpty();
    fill(0);
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
    assertThat(browser.violations()).isEmpty();
    browser.screen(390, 844, true);
    assertThat(browser.violations()).isEmpty();
  }

  @Test
  void isDarkWhereThatIsPreferred() {
    String brightness =
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g)"
            + ".reduce((sum, part) => sum + Number(part), 0)";
    assertThat((Long) browser.run(brightness)).isGreaterThan(700);
    browser.colours("dark");
    assertThat((Long) browser.run(brightness)).isLessThan(120);
  }

  @Test
  void fitsAPhone() {
    browser.screen(360, 740, true);
    fill(1);
    Object width = browser.run("return document.documentElement.scrollWidth");
    assertThat((Long) width).isLessThanOrEqualTo(360);
    Object small =
        browser.run(
            "return [...document.querySelectorAll('button, select, .button')]"
                + ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 32).length");
    assertThat(small).isEqualTo(0L);
  }

  @Test
  void needsNoMouse() {
    browser.press(Keys.TAB);
    assertThat(browser.run("return document.activeElement.className")).isEqualTo("skip");
    browser.tabTo("#captioner");
    browser.tabTo("#files");
    // What stands in for the system's dialogue of files, which no test can open.
    browser.driver.switchTo().activeElement().sendKeys(served.photos.get(2).toString());
    browser.awaitCaption();
    browser.tabTo(".look");
    browser.press(Keys.ENTER);
    browser.await(() -> !browser.all(".word").isEmpty());
    assertThat(browser.run("return document.activeElement.tagName")).isEqualTo("H4");
    browser.tabTo(".word:nth-child(2)");
    browser.press(Keys.SPACE);
    assertThat(browser.one(".word:nth-child(2)").getDomAttribute("aria-pressed")).isEqualTo("true");
    browser.one(".ask input").sendKeys("What is in the picture?", Keys.ENTER);
    browser.await(() -> browser.all(".answers .facts").size() == 1);
    browser.tabTo(".answers button");
    browser.press(Keys.ENTER);
    assertThat(browser.run("return document.activeElement.closest('#examples') !== null"))
        .isEqualTo(true);
  }

  /** The pictures in docs/images. */
  @Test
  @EnabledIfSystemProperty(named = "screenshots", matches = ".+")
  void leavesPicturesOfItself() throws Exception {
    Path to = Path.of(System.getProperty("screenshots"));
    fill(0);
    browser.command("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    browser.screen(1000, 950, false);
    browser.run("scrollTo(0, 0)");
    browser.picture(to.resolve("page-light.png"));
    browser.colours("dark");
    browser.run("document.querySelector('.inside').scrollIntoView()");
    browser.screen(1000, 560, false);
    browser.picture(to.resolve("page-dark.png"));
    browser.colours("light");
    browser.screen(390, 760, true);
    browser.run("document.querySelector('.card').scrollIntoView()");
    browser.picture(to.resolve("page-phone.png"));
  }
}
