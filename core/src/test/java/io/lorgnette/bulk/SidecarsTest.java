package io.lorgnette.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.adobe.internal.xmp.XMPMeta;
import com.adobe.internal.xmp.XMPMetaFactory;
import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarsTest {

  private static final String DC = "http://purl.org/dc/elements/1.1/";

  private static final String EXISTING =
      """
      <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
       <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:own="http://example.org/own/"
          xmp:Rating="4" own:thing="kept">
         <dc:subject><rdf:Bag><rdf:li>holiday</rdf:li></rdf:Bag></dc:subject>
         <dc:description><rdf:Alt>
          <rdf:li xml:lang="x-default">old words</rdf:li>
          <rdf:li xml:lang="de">alte Worte</rdf:li>
         </rdf:Alt></dc:description>
        </rdf:Description>
       </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="w"?>
      """;

  @TempDir Path folder;

  private static XMPMeta read(Path file) throws Exception {
    return XMPMetaFactory.parseFromBuffer(Files.readAllBytes(file));
  }

  private static String description(Path file, String language) throws Exception {
    return read(file).getLocalizedText(DC, "description", null, language).getValue();
  }

  @Test
  void aNewSidecarHasTheCaption() throws Exception {
    Sidecars.beside().write(folder.resolve("beach.jpg").toString(), "Ein Hund & <Ball>.");
    assertThat(description(folder.resolve("beach.xmp"), "x-default"))
        .isEqualTo("Ein Hund & <Ball>.");
  }

  @Test
  void whatElseASidecarHoldsStays() throws Exception {
    Path file = Files.writeString(folder.resolve("beach.xmp"), EXISTING);
    String photo = folder.resolve("beach.jpg").toString();
    Sidecars.beside().writeWhereMissing(photo, "new words");
    assertThat(file).hasContent(EXISTING);
    Sidecars.beside().write(photo, "new words");
    assertThat(description(file, "x-default")).isEqualTo("new words");
    assertThat(description(file, "de")).isEqualTo("alte Worte");
    XMPMeta meta = read(file);
    assertThat(meta.getPropertyString("http://ns.adobe.com/xap/1.0/", "Rating")).isEqualTo("4");
    assertThat(meta.getPropertyString("http://example.org/own/", "thing")).isEqualTo("kept");
    assertThat(meta.getArrayItem(DC, "subject", 1).getValue()).isEqualTo("holiday");
    byte[] written = Files.readAllBytes(file);
    Sidecars.beside().write(photo, "new words");
    assertThat(file).hasBinaryContent(written);
  }

  @Test
  void brokenAndHostileSidecarsAreLeftAlone() throws Exception {
    Path file = folder.resolve("beach.xmp");
    String hostile =
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
            + EXISTING.substring(EXISTING.indexOf("<x:")).replace("old words", "&e;");
    for (String broken : new String[] {"<x:xmpmeta", hostile}) {
      Files.writeString(file, broken);
      assertThatThrownBy(
              () -> Sidecars.beside().write(folder.resolve("beach.jpg").toString(), "words"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("beach.xmp");
      assertThat(file).hasContent(broken);
    }
  }

  @Test
  void twoPhotosDoNotShareOne() throws Exception {
    Sidecars sidecars = Sidecars.beside();
    sidecars.write(folder.resolve("a.jpg").toString(), "one");
    sidecars.write(folder.resolve("a.png").toString(), "two");
    assertThat(description(folder.resolve("a.xmp"), "x-default")).isEqualTo("one");
    assertThat(description(folder.resolve("a.png.xmp"), "x-default")).isEqualTo("two");
  }

  @Test
  void belowAFolderTheyHaveThePathsOfThePhotos() {
    Sidecars below = Sidecars.below(Path.of("cars"));
    assertThat(below.file("a/b.jpg")).isEqualTo(Path.of("cars/a/b.xmp"));
    assertThat(below.file("../../a/b.jpg")).isEqualTo(Path.of("cars/a/b.xmp"));
    assertThat(below.file("x/s.tar!k/1.png")).isEqualTo(Path.of("cars/x/s.tar/k/1.xmp"));
    assertThat(below.file("plain")).isEqualTo(Path.of("cars/plain.xmp"));
    assertThatThrownBy(() -> Sidecars.beside().file("s.tar!1.png"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--sidecars DIR");
  }
}
