package io.lorgnette.examples;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.langchain4j.LorgnetteEmbeddingModel;
import io.lorgnette.method.JointEmbedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Eyes for a retrieval pipeline: photos lie in LangChain4j's embedding store at the place of what
 * is seen in them, with a caption as their text. A question in words finds them, and a language
 * model that can not see reads the captions.
 */
public final class PhotoSearch {

  /** Where a segment's photo is. */
  static final String FILE = "file";

  private final VisionLanguageModel captions;
  private final LorgnetteEmbeddingModel places;
  private final InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();

  /**
   * An empty store.
   *
   * @param captions writes captions; stays the caller's to close
   * @param space of photos and words; stays the caller's to close
   */
  public PhotoSearch(VisionLanguageModel captions, JointEmbedder space) {
    this.captions = captions;
    this.places = LorgnetteEmbeddingModel.builder().space(space).build();
  }

  /** Adds photos. */
  public void add(List<Path> photos) {
    List<RgbImage> images = photos.stream().map(ImageReader::read).toList();
    List<TextSegment> segments = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      Metadata file = Metadata.from(FILE, photos.get(i).toString());
      segments.add(TextSegment.from(captions.caption(images.get(i)).text(), file));
    }
    store.addAll(places.embedImages(images), segments);
  }

  /** Where a retrieval pipeline asks; the content is captions, each with the name of its photo. */
  public ContentRetriever retriever(int most) {
    return EmbeddingStoreContentRetriever.builder()
        .embeddingStore(store)
        .embeddingModel(places)
        .maxResults(most)
        .build();
  }

  /** The photos that a question in words is nearest to, the nearest first. */
  public List<Path> find(String words, int most) {
    return retriever(most).retrieve(Query.from(words)).stream()
        .map(Content::textSegment)
        .map(segment -> Path.of(segment.metadata().getString(FILE)))
        .toList();
  }
}
