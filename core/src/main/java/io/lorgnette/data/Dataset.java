package io.lorgnette.data;

import io.lorgnette.weights.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An opened data set: its images in a stable order, with their texts read from disk when asked for.
 *
 * <p>What was broken or missing when it was opened is already left out and counted in {@link
 * #problems()}. Whether an image decodes shows only when someone decodes it; who finds a broken one
 * reports it there. Safe for several threads.
 */
public final class Dataset implements AutoCloseable {
  private final DatasetSpec spec;
  private final DataFiles files;
  private final Annotations annotations;
  private final ImageSource images;
  private final List<Annotations.Entry> entries;
  private final Problems problems;
  private final int[] documents; // the first image of each document, and the number of images

  Dataset(
      DatasetSpec spec,
      DataFiles files,
      Annotations annotations,
      ImageSource images,
      List<Annotations.Entry> entries,
      Problems problems) {
    this.spec = spec;
    this.files = files;
    this.annotations = annotations;
    this.images = images;
    this.entries = entries;
    this.problems = problems;
    documents =
        annotations instanceof InterleavedAnnotations
            ? IntStream.rangeClosed(0, entries.size())
                .filter(i -> i == 0 || i == entries.size() || !sameDocument(i - 1, i))
                .toArray()
            : new int[] {0};
  }

  private boolean sameDocument(int one, int other) {
    return entries.get(one).group().equals(entries.get(other).group());
  }

  /** What the recipe calls it. */
  public String name() {
    return spec.common().name();
  }

  public DatasetSpec spec() {
    return spec;
  }

  /** Number of images. */
  public int size() {
    return entries.size();
  }

  /** Number of captions of all images. */
  public int captionCount() {
    return entries.stream().mapToInt(Annotations.Entry::captions).sum();
  }

  /** Number of captions of one image, without reading them. */
  public int captionCount(int index) {
    return entries.get(index).captions();
  }

  /** Number of questions about all images. */
  public int questionCount() {
    return entries.stream().mapToInt(Annotations.Entry::questions).sum();
  }

  /** Number of questions about one image, without reading them. */
  public int questionCount(int index) {
    return entries.get(index).questions();
  }

  /** Reads one image's texts; index from 0, in the same order as {@link #examples()}. */
  public Example example(int index) {
    Annotations.Entry entry = entries.get(index);
    Annotations.Content content = annotations.read(entry);
    return new Example(entry.id(), image(index), content.captions(), content.questions());
  }

  /** Number of documents that the images stand in; 0 where each stands alone. */
  public int documentCount() {
    return documents.length - 1;
  }

  /** Number of images of one document, without reading it. */
  public int imagesOf(int document) {
    return documents[document + 1] - documents[document];
  }

  /** Reads one document, from 0, in the order of the files, with those images that are there. */
  public Document document(int index) {
    Objects.checkIndex(index, documentCount());
    InterleavedAnnotations texts = (InterleavedAnnotations) annotations;
    Annotations.Entry first = entries.get(documents[index]);
    List<Document.Placed> images =
        IntStream.range(documents[index], documents[index + 1])
            .mapToObj(i -> new Document.Placed(i, InterleavedAnnotations.sentence(entries.get(i))))
            .toList();
    return new Document(first.group(), texts.sentences(first), images);
  }

  /** The id of one image, without reading its texts. */
  public String id(int index) {
    return entries.get(index).id();
  }

  /** The domain of each image by its id, where the files name one, as nocaps' do. */
  public Map<String, String> domains() {
    return annotations.domains();
  }

  /** Where one image is, without reading its texts. */
  public ImageRef image(int index) {
    return new ImageRef(spec.common().imagePrefix() + entries.get(index).image(), images);
  }

  /** All examples, each read when the stream comes to it. */
  public Stream<Example> examples() {
    return IntStream.range(0, size()).mapToObj(this::example);
  }

  /** Where broken images go that show only later. */
  public Problems problems() {
    return problems;
  }

  /** Hashes of the annotation files and of the choice of images; reads the files once more. */
  public Fingerprint fingerprint() {
    SortedMap<String, String> hashes = annotations.hashes();
    MessageDigest digest = Sha256.digest();
    hashes.forEach((file, hash) -> update(digest, file + "\n" + hash + "\n"));
    entries.forEach(entry -> update(digest, entry.id() + "\n"));
    return new Fingerprint(
        name(), size(), captionCount(), questionCount(), hashes, Sha256.hex(digest));
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    files.close();
  }
}
