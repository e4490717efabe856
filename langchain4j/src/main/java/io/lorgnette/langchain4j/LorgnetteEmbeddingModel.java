package io.lorgnette.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.spi.ServiceHelper;
import io.lorgnette.error.InputException;
import io.lorgnette.image.RgbImage;
import io.lorgnette.langchain4j.spi.LorgnetteEmbeddingModelBuilderFactory;
import io.lorgnette.method.JointEmbedder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Texts and images as vectors of length 1 in one space, so that a question in words finds photos.
 * An input is a text or an image, not both. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class LorgnetteEmbeddingModel extends DimensionAwareEmbeddingModel {

  private final JointEmbedder space;
  private final List<EmbeddingModelListener> listeners;
  private final Pictures pictures;

  private LorgnetteEmbeddingModel(Builder builder) {
    if (builder.space == null) {
      throw new IllegalArgumentException(
          "an embedding model needs a joint space; give the builder one");
    }
    this.space = builder.space;
    this.listeners = builder.listeners;
    this.pictures = new Pictures(builder.imageFetcher);
  }

  /** A builder, made by a {@link LorgnetteEmbeddingModelBuilderFactory} if there is one. */
  public static Builder builder() {
    return ServiceHelper.loadFactories(LorgnetteEmbeddingModelBuilderFactory.class).stream()
        .findFirst()
        .map(LorgnetteEmbeddingModelBuilderFactory::get)
        .orElseGet(Builder::new);
  }

  /**
   * Builds {@link LorgnetteEmbeddingModel}. Belongs to one thread.
   *
   * @since 0.1
   */
  public static class Builder {

    private JointEmbedder space;
    private List<EmbeddingModelListener> listeners = List.of();
    private ImageFetcher imageFetcher;

    /** For factories; others take {@link LorgnetteEmbeddingModel#builder}. */
    public Builder() {}

    /** The space; it stays the caller's to close, behind the last request. */
    public Builder space(JointEmbedder value) {
      space = value;
      return this;
    }

    /** Who hears of requests, vectors and failures. */
    public Builder listeners(List<EmbeddingModelListener> values) {
      listeners = List.copyOf(values);
      return this;
    }

    /** Brings images of http and https addresses, which are refused without one. */
    public Builder imageFetcher(ImageFetcher value) {
      imageFetcher = value;
      return this;
    }

    /**
     * The model.
     *
     * @throws IllegalArgumentException if there is no space
     */
    public LorgnetteEmbeddingModel build() {
      return new LorgnetteEmbeddingModel(this);
    }
  }

  /** An image's place in the space. */
  public Embedding embedImage(RgbImage image) {
    return embedImages(List.of(image)).get(0);
  }

  /**
   * The places of images in the space, in their order; quicker than one at a time.
   *
   * @throws IllegalStateException if the space is closed
   */
  public List<Embedding> embedImages(List<RgbImage> images) {
    return embeddings(space.images(images));
  }

  private static List<Embedding> embeddings(float[][] vectors) {
    return Arrays.stream(vectors).map(Embedding::from).toList();
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    List<String> texts = new ArrayList<>();
    List<RgbImage> images = new ArrayList<>();
    List<Boolean> seen = new ArrayList<>(); // of each input, whether it is an image
    for (EmbeddingInput input : request.inputs()) {
      if (input.contentTypes().contains(ContentType.IMAGE)) {
        images.add(image(input));
        seen.add(true);
      } else {
        texts.add(input.text());
        seen.add(false);
      }
    }
    List<Embedding> ofImages = embedImages(images);
    List<Embedding> ofTexts = embeddings(space.texts(texts));
    List<Embedding> all = new ArrayList<>();
    int image = 0;
    int text = 0;
    for (boolean isImage : seen) {
      all.add(isImage ? ofImages.get(image++) : ofTexts.get(text++));
    }
    return EmbeddingResponse.builder().embeddings(all).modelName(modelName()).build();
  }

  private RgbImage image(EmbeddingInput input) {
    List<Content> contents = input.contents();
    if (contents.size() > 1) {
      throw new UnsupportedFeatureException(
          "an input of several contents is not supported by Lorgnette's joint spaces; embed a text"
              + " or an image by itself");
    }
    try {
      return pictures.read(((ImageContent) contents.get(0)).image());
    } catch (InputException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  @Override
  public Set<ContentType> supportedContentTypes() {
    return EnumSet.of(ContentType.TEXT, ContentType.IMAGE);
  }

  @Override
  public List<EmbeddingModelListener> listeners() {
    return listeners;
  }

  @Override
  public String modelName() {
    return space.name();
  }
}
