package io.lorgnette.mapper;

import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What BLIP-2's first stage reads off a Q-Former's outputs to tell whether a text fits an image: a
 * space that both are mapped to (ITC), and the verdict of queries that have read the text (ITM).
 * Own names: {@code image_head}, {@code text_head} and {@code match_head}. It borrows its weights;
 * safe for use by several threads.
 *
 * <p>Legend: B images or texts, Q queries, T tokens, d width of the Q-Former, J of the joint space.
 */
public final class MatchHeads {

  private static final double SHORTEST = 1e-12;

  private final int queries;
  private final Parameters parameters;

  /**
   * Heads of given weights.
   *
   * @param queries Q
   * @param parameters with at least the own names
   */
  public MatchHeads(int queries, Parameters parameters) {
    this.queries = queries;
    this.parameters = parameters;
  }

  /** Who names them. */
  public enum Form {
    /** Hugging Face. */
    BLIP2("vision_projection", "text_projection"),
    LAVIS("vision_proj", "text_proj");

    private final String image;
    private final String text;

    Form(String image, String text) {
      this.image = image;
      this.text = text;
    }
  }

  /** Adds the names of a released form. */
  public static void name(KeyMap keys, Form form, int jointWidth, int width) {
    linear(keys, "image_head", form.image, jointWidth, width);
    linear(keys, "text_head", form.text, jointWidth, width);
    linear(keys, "match_head", "itm_head", 2, width);
  }

  private static void linear(KeyMap keys, String own, String stored, long out, long in) {
    keys.add(own + ".weight", stored + ".weight", out, in);
    keys.add(own + ".bias", stored + ".bias", out);
  }

  /** What the queries saw as vectors of length 1 in F32: {@code [B, Q, d] -> [B, Q, J]}. */
  public Tensor images(Tensor seen) {
    return normalized(Layers.linear(seen, parameters.at("image_head")));
  }

  /** What was read, at its first token, as a vector of length 1: {@code [B, T, d] -> [B, J]}. */
  public Tensor texts(Tensor read) {
    return normalized(Layers.linear(read.select(1, 0), parameters.at("text_head")));
  }

  private static Tensor normalized(Tensor given) {
    Tensor x = wide(given);
    Tensor length = x.square().sum(new long[] {-1}, true, null).sqrt();
    return x.div(length.clamp_min(new Scalar(SHORTEST)));
  }

  /** In F32 at least: a cosine is divided by a small temperature. */
  static Tensor wide(Tensor x) {
    return Tensors.dtype(x) == Dtype.F64 ? x : Tensors.to(x, Dtype.F32);
  }

  /**
   * How near each image is to each text by the nearest of its vectors.
   *
   * @param images {@code [I, Q, J]}
   * @param texts {@code [B, J]}
   * @return {@code [I, B]}, cosines
   */
  public static Tensor nearness(Tensor images, Tensor texts) {
    return torch.matmul(images, texts.t()).amax(new long[] {1}, false);
  }

  /**
   * Whether text and image belong together, the mean of what the queries say.
   *
   * @param both {@code [B, Q + T, d]}, of queries and text that have seen each other
   * @return {@code [B, 2]}: against and for a match; their softmax is its probability
   */
  public Tensor match(Tensor both) {
    Tensor said = Layers.linear(both.narrow(1, 0, queries), parameters.at("match_head"));
    return said.mean(new long[] {1});
  }
}
