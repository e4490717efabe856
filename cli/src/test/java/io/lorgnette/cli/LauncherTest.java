package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script itself, in a folder with a blank in its name, with a {@code java} and a
 * {@code mvn} that only tell how they were called. That it starts the real program, {@code .ci/run}
 * checks after the build.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {

  private static final List<String> TOOLS =
      List.of(
          "bash",
          "cat",
          "find",
          "head",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "stty",
          "tail",
          "touch",
          "uname");

  @TempDir Path temporary;
  private Path home;
  private Path tools;
  private Path jdk;

  /** How the script ended. */
  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void layOut() throws Exception {
    home = Files.createDirectories(temporary.resolve("a home"));
    Files.copy(Cli.repository().resolve("lorgnette"), home.resolve("lorgnette"));
    executable(home.resolve("lorgnette"));
    Files.createDirectories(home.resolve("core/src/main/java"));
    for (String file : List.of("pom.xml", "core/pom.xml", "core/src/main/java/A.java")) {
      Files.writeString(home.resolve(file), "");
      age(home.resolve(file), 1000);
    }
    tools = Files.createDirectories(temporary.resolve("tools"));
    for (String tool : TOOLS) {
      Path real =
          List.of(Path.of("/usr/bin", tool), Path.of("/bin", tool)).stream()
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      Files.createSymbolicLink(tools.resolve(tool), real);
    }
    jdk = Files.createDirectories(temporary.resolve("a jdk"));
    Files.createDirectories(jdk.resolve("bin"));
    script(
        jdk.resolve("bin/java"),
        """
        case "$*" in
          *DrawPostcard*) mkdir -p "${@: -1}/train"; touch "${@: -1}/train/a.jpg"; exit ;;
          *ArchiveClassesAtExit=*)
            for each; do
              case $each in -XX:ArchiveClassesAtExit=*) echo "$*" > "${each#*=}" ;; esac
            done
            exit ;;
        esac
        printf '<%s>' "$@"; exit 7""");
    script(jdk.resolve("bin/javac"), "");
    release("17.0.9");
    script(
        tools.resolve("mvn"),
        "echo \"mvn $*\"; echo x >> \"$PWD/builds\"; mkdir -p cli/target; "
            + "touch cli/target/lorgnette.jar cli/target/lorgnette-cuda.jar");
  }

  private static void executable(Path file) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void script(Path file, String text) throws Exception {
    Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
    executable(file);
  }

  private void release(String version) throws Exception {
    Files.writeString(jdk.resolve("release"), "IMAGE=x\nJAVA_VERSION=\"" + version + "\"\n");
  }

  private static void age(Path file, int seconds) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  private Path built() throws Exception {
    Path jar = home.resolve("cli/target/lorgnette.jar");
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "");
    return jar;
  }

  private Ended run(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path out = temporary.resolve("out");
    Path err = temporary.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Ended run(String... arguments) throws Exception {
    return run(home.resolve("lorgnette"), Map.of(), arguments);
  }

  @Test
  void runsWhatIsBuiltAndPassesArgumentsAndExitCode() throws Exception {
    Path jar = built();
    Ended ended = run("caption", "a photo.jpg", "--set", "x=*");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out())
        .contains("<-cp><" + jar.toRealPath() + "><io.lorgnette.cli.Main>")
        .endsWith("<caption><a photo.jpg><--set><x=*>")
        .contains("<-Djava.awt.headless=true>", "<-Dlorgnette.terminals=>");
    assertThat(home.resolve("builds")).doesNotExist();
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    Path jar = built();
    Path link = temporary.resolve("link");
    Files.createSymbolicLink(link, Path.of("a home/lorgnette"));
    Path second = temporary.resolve("second");
    Files.createSymbolicLink(second, link);
    assertThat(run(second, Map.of()).out()).contains("<" + jar.toRealPath() + ">");
  }

  @Test
  void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
    Ended first = run();
    assertThat(first.err()).isEqualTo("Building Lorgnette (first time, about a minute) ...\n");
    assertThat(first.code()).isEqualTo(7);
    assertThat(run().err()).isEmpty();
    age(home.resolve("cli/target/lorgnette.jar"), 100);
    assertThat(run().err()).isEmpty();
    age(home.resolve("core/src/main/java/A.java"), 50);
    assertThat(run().err()).isEqualTo("Building Lorgnette (sources have changed) ...\n");
    assertThat(home.resolve("builds")).hasContent("x\nx");
    assertThat(home.resolve("cli/target/build.log")).content().contains("mvn ", " package");
    assertThat(home.resolve("cli/target/.building")).doesNotExist();
  }

  @Test
  void aBuildLeavesTheClassesOfACaptionForThisJava() throws Exception {
    Path classes = home.resolve("cli/target/lorgnette-17.0.9.jsa");
    assertThat(run().out()).contains("<-XX:SharedArchiveFile=" + classes.toRealPath() + ">");
    assertThat(classes).content().contains("-XX:+UseSerialGC", "caption ", "/train/a.jpg");
    assertThat(home.resolve("cli/target/.classes")).doesNotExist();
    release("21.0.1");
    assertThat(run().out()).startsWith("<-XX:").doesNotContain("SharedArchiveFile");
  }

  @Test
  void whereClassesCanNotBeLeftAllElseIsTheSame() throws Exception {
    script(jdk.resolve("bin/java"), "printf '<%s>' \"$@\"; exit 7");
    Ended ended = run("x");
    assertThat(ended.err()).contains("could not be shared").hasLineCount(2);
    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out()).endsWith("<x>").doesNotContain("SharedArchiveFile");
  }

  @Test
  void aBuildForCudaIsOneOfItsOwn() throws Exception {
    built();
    Ended ended = run(home.resolve("lorgnette"), Map.of("LORGNETTE_CUDA", "1"), "x");
    assertThat(ended.err()).startsWith("Building Lorgnette");
    assertThat(ended.out()).contains("lorgnette-cuda.jar");
    assertThat(home.resolve("cli/target/build.log")).content().contains("-Pcuda");
    Ended wrong = run(home.resolve("lorgnette"), Map.of("LORGNETTE_CUDA", "yes"), "x");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("LORGNETTE_CUDA is yes");
  }

  @Test
  void aFailedBuildShowsWhyAndWhereTheLogIs() throws Exception {
    script(tools.resolve("mvn"), "echo noise; echo '[ERROR] A.java:[1,1] no such type'; exit 1");
    Ended ended = run("x");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err())
        .contains("[ERROR] A.java:[1,1] no such type", "cli/target/build.log")
        .doesNotContain("noise");
    assertThat(ended.out()).isEmpty();
    assertThat(home.resolve("cli/target/.building")).doesNotExist();
  }

  @Test
  void aLockThatADeadProcessLeftIsTakenOver() throws Exception {
    Path lock = Files.createDirectories(home.resolve("cli/target/.building"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
    assertThat(run("x").code()).isEqualTo(7);
  }

  @Test
  void saysInOneSentenceWhatIsMissing() throws Exception {
    Files.delete(tools.resolve("mvn"));
    Ended maven = run("x");
    assertThat(maven.code()).isEqualTo(2);
    assertThat(maven.err()).startsWith("lorgnette: Maven is missing").hasLineCount(1);
    Files.delete(jdk.resolve("bin/javac"));
    script(tools.resolve("mvn"), "");
    assertThat(run("x").err()).contains("without the compiler javac").hasLineCount(1);
    release("11.0.2");
    Ended old = run("x");
    assertThat(old.code()).isEqualTo(2);
    assertThat(old.err()).contains("Java 17 or newer", "11.0.2").hasLineCount(1);
    release("1.8.0_402");
    assertThat(run("x").err()).contains("Java 17 or newer", "1.8.0_402").hasLineCount(1);
    Ended none = run(home.resolve("lorgnette"), Map.of("JAVA_HOME", ""), "x");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).startsWith("lorgnette: java is missing").hasLineCount(1);
    Ended wrong = run(home.resolve("lorgnette"), Map.of("JAVA_HOME", "/none"), "x");
    assertThat(wrong.err()).contains("JAVA_HOME is /none").hasLineCount(1);
  }

  @Test
  void otherMachinesAreToldSo() throws Exception {
    Files.delete(tools.resolve("uname"));
    script(tools.resolve("uname"), "[ \"$1\" = -s ] && echo Linux || echo aarch64");
    Ended ended = run("x");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("no libtorch for Linux aarch64").hasLineCount(1);
  }
}
