import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Rewrites a connector in F16, its header as it is. Loading widens the weights again.
 *
 * <pre>
 * java -cp ... HalveWeights.java FROM.safetensors TO.safetensors
 * </pre>
 */
final class HalveWeights {

  private HalveWeights() {}

  public static void main(String[] args) {
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]))) {
      Map<String, Tensor> narrow = new LinkedHashMap<>();
      for (String name : checkpoint.names()) {
        narrow.put(name, Tensors.to(checkpoint.get(name), Dtype.F16));
      }
      Safetensors.write(Path.of(args[1]), narrow, checkpoint.metadata());
    }
  }
}
