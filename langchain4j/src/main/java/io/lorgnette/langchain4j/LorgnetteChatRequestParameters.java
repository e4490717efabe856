package io.lorgnette.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import java.util.Objects;

/**
 * LangChain4j's parameters of a request and one of our own: the seed of what is drawn at random.
 * Immutable.
 *
 * @since 0.1
 */
public final class LorgnetteChatRequestParameters extends DefaultChatRequestParameters {

  private final Long seed;

  private LorgnetteChatRequestParameters(Builder builder) {
    super(builder);
    this.seed = builder.seed;
  }

  /** A builder without values. */
  public static Builder builder() {
    return new Builder();
  }

  /** The seed, or null for one of chance. */
  public Long seed() {
    return seed;
  }

  @Override
  public LorgnetteChatRequestParameters overrideWith(ChatRequestParameters that) {
    return builder().overrideWith(this).overrideWith(that).build();
  }

  @Override
  public LorgnetteChatRequestParameters defaultedBy(ChatRequestParameters that) {
    return builder().overrideWith(that).overrideWith(this).build();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && other instanceof LorgnetteChatRequestParameters that
        && Objects.equals(seed, that.seed);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), seed);
  }

  @Override
  public String toString() {
    return super.toString() + " with seed " + seed;
  }

  /** Collects the values. */
  public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

    private Long seed;

    /** The seed of what is drawn at random; with it the same request has the same answer. */
    public Builder seed(Long value) {
      seed = value;
      return this;
    }

    @Override
    public Builder overrideWith(ChatRequestParameters parameters) {
      super.overrideWith(parameters);
      if (parameters instanceof LorgnetteChatRequestParameters ours && ours.seed != null) {
        seed = ours.seed;
      }
      return this;
    }

    @Override
    public LorgnetteChatRequestParameters build() {
      return new LorgnetteChatRequestParameters(this);
    }
  }
}
