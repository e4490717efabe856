package io.lorgnette.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium at the server's page. */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** It warns that it does not know this Chromium, of which only plain commands are asked. */
  private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools");

  private static final String AXE = read("/axe.min.js");

  final ChromeDriver driver;
  final Path downloads;
  private final URI first;
  private URI page;

  Browser(URI page, Path downloads) {
    this.first = page;
    this.downloads = downloads;
    VERSIONS.setLevel(Level.SEVERE);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program("chromium"));
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en");
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    // The driver of the system: Selenium would fetch one of its own.
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(program("chromedriver")).build();
    driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(PATIENCE);
    command(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", downloads.toString()));
    command(
        "Browser.grantPermissions",
        Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
  }

  private static File program(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    name + " is not on the PATH; install Debian's chromium and chromium-driver"));
  }

  private static String read(String resource) {
    try (InputStream in = Browser.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void command(String name, Map<String, Object> parameters) {
    driver.executeCdpCommand(name, parameters);
  }

  /** As {@link #open()}, of another server, which may refuse to name its models. */
  void open(URI other) {
    page = other;
    screen(1280, 900, false);
    colours("light");
    driver.get(page.toString());
  }

  /** Loads the page anew on a large light screen. */
  void open() {
    open(first);
    await(() -> !all("#answerer option").isEmpty());
  }

  void screen(int width, int height, boolean phone) {
    command(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  /** What the user prefers: light or dark. */
  void colours(String scheme) {
    command(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  WebElement one(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  String text(String selector) {
    return one(selector).getText();
  }

  void await(Supplier<Boolean> condition) {
    new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50)).until(ignored -> condition.get());
  }

  void choose(String id, String value) {
    new Select(one("#" + id)).selectByValue(value);
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  @SuppressWarnings("unchecked")
  List<Object> list(String script) {
    return (List<Object>) run(script);
  }

  /** Drops files on the page, or pastes them. */
  void bring(String event, String name, String type, String base64) {
    run(
        """
        const bytes = Uint8Array.from(atob(arguments[3]), (c) => c.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], arguments[1], { type: arguments[2] }));
        document.dispatchEvent(
          arguments[0] === "paste"
            ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
            : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        """,
        event,
        name,
        type,
        base64);
  }

  /** Waits until the first caption of the last card is whole. */
  void awaitCaption() {
    await(() -> !all(".card:last-child .copy:enabled").isEmpty());
  }

  /** The element that has the focus is pressed. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Goes on by the tabulator until the focus is where it is wanted. */
  void tabTo(String selector) {
    for (int i = 0; i < 60; i++) {
      if ((Boolean) run("return document.activeElement.matches(arguments[0])", selector)) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("the keyboard does not reach " + selector);
  }

  /** What axe finds wrong, each as its rule and the elements. */
  @SuppressWarnings("unchecked")
  List<String> violations() {
    run(AXE);
    return (List<String>)
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run().then((found) => done(found.violations.map(
              (v) => v.id + ": " + v.nodes.map((n) => n.html + " " + n.failureSummary).join("; "))));
            """);
  }

  /** What the browser complains of, breaches of the policy among it, since it was asked last. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** A picture of what is to be seen. */
  void picture(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  /** Everything that was asked for came from the page's own server. */
  void assertNobodyElseIsAsked() {
    List<Object> names =
        list("return performance.getEntriesByType('resource').map((entry) => entry.name)");
    assertThat(names)
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(name.toString())
                    .matches(n -> n.startsWith(page.toString()) || n.startsWith("data:")));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
