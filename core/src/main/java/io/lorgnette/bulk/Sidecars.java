package io.lorgnette.bulk;

import com.adobe.internal.xmp.XMPConst;
import com.adobe.internal.xmp.XMPException;
import com.adobe.internal.xmp.XMPMeta;
import com.adobe.internal.xmp.XMPMetaFactory;
import com.adobe.internal.xmp.options.ParseOptions;
import com.adobe.internal.xmp.options.SerializeOptions;
import com.adobe.internal.xmp.properties.XMPProperty;
import io.lorgnette.error.InputException;
import io.lorgnette.report.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * XMP files beside photos, in which photo managers find their captions: {@code dc:description} in
 * the language {@code x-default}. What else a sidecar holds stays.
 */
public final class Sidecars {

  private static final int MAX_BYTES = 16 << 20;
  private static final String DESCRIPTION = "description";

  private final Path folder; // or null for beside the photos
  private final NameSet taken = new NameSet();

  private Sidecars(Path folder) {
    this.folder = folder;
  }

  /** Sidecars beside the photos; those of archives have no such place. */
  public static Sidecars beside() {
    return new Sidecars(null);
  }

  /** Sidecars below a folder, at the paths that the photos have. */
  public static Sidecars below(Path folder) {
    return new Sidecars(folder);
  }

  /**
   * Where the sidecar of a photo is: {@code holidays/beach.xmp} for {@code holidays/beach.jpg}.
   *
   * @throws InputException if the photo is in an archive and sidecars are to be beside photos
   */
  public Path file(String image) {
    int slash = Math.max(image.lastIndexOf('/'), image.lastIndexOf('\\'));
    int dot = image.lastIndexOf('.');
    String sidecar = (dot > slash + 1 ? image.substring(0, dot) : image) + ".xmp";
    int inside = image.indexOf('!');
    boolean packed = inside > 0 && FileKind.of(image.substring(0, inside)) == FileKind.ARCHIVE;
    if (folder == null) {
      if (packed) {
        throw new InputException(
            image + " is in an archive, which has no place for a sidecar; add --sidecars DIR");
      }
      return Path.of(sidecar);
    }
    Path file = folder;
    for (Path part : Path.of(packed ? sidecar.replace('!', '/') : sidecar).normalize()) {
      if (!part.toString().equals("..")) {
        file = file.resolve(part);
      }
    }
    return file;
  }

  /**
   * Puts a caption into the photo's sidecar, which is made if there is none. The second photo whose
   * sidecar would be the same, {@code beach.png} after {@code beach.jpg}, gets {@code
   * beach.png.xmp}.
   *
   * @throws InputException if there is one that is broken, which stays as it is, or it can not be
   *     written
   */
  public void write(String image, String caption) {
    write(image, caption, true);
  }

  /** As {@link #write}, but a description that is there already stays. */
  public void writeWhereMissing(String image, String caption) {
    write(image, caption, false);
  }

  private void write(String image, String caption, boolean replace) {
    Path file = file(image);
    if (!taken.add(file.toString())) {
      file = file.resolveSibling(Path.of(image.replace('!', '/')).getFileName() + ".xmp");
    }
    try {
      XMPMeta meta = read(file);
      Optional<String> known = description(meta);
      if (replace ? known.equals(Optional.of(caption)) : known.isPresent()) {
        return;
      }
      meta.setLocalizedText(XMPConst.NS_DC, DESCRIPTION, null, XMPConst.X_DEFAULT, caption);
      byte[] bytes =
          XMPMetaFactory.serializeToBuffer(
              meta, new SerializeOptions().setUseCompactFormat(true).setOmitPacketWrapper(true));
      WholeFile.write(file, "the sidecar", out -> out.write(bytes));
    } catch (XMPException e) {
      throw broken(file, e);
    }
  }

  private static XMPMeta read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InputException(file + " is above 16 MiB, too long for a sidecar; move it away");
      }
      byte[] bytes = Files.readAllBytes(file);
      return XMPMetaFactory.parseFromBuffer(bytes, new ParseOptions().setDisallowDoctype(true));
    } catch (NoSuchFileException e) {
      return XMPMetaFactory.create();
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    } catch (XMPException e) {
      throw broken(file, e);
    }
  }

  private static Optional<String> description(XMPMeta meta) {
    try {
      XMPProperty property =
          meta.getLocalizedText(XMPConst.NS_DC, DESCRIPTION, null, XMPConst.X_DEFAULT);
      return Optional.ofNullable(property)
          .filter(found -> XMPConst.X_DEFAULT.equals(found.getLanguage()))
          .map(XMPProperty::getValue);
    } catch (XMPException e) {
      return Optional.empty();
    }
  }

  private static InputException broken(Path file, XMPException e) {
    return new InputException(
        file + " is no XMP that can be read (" + e.getMessage() + "); mend it or move it away", e);
  }
}
