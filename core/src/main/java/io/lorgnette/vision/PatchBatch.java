package io.lorgnette.vision;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures of any shape as flattened patches, the form of SigLIP 2's NaFlex encoders.
 *
 * @param patches {@code [B, N, p * p * 3]}: of each picture its patches row by row, each patch row
 *     by row with its three colours last; anything behind the last patch
 * @param grids how many rows and columns of patches each picture has
 */
public record PatchBatch(Tensor patches, List<Grid> grids) {

  /** Rows and columns of patches. */
  public record Grid(int rows, int columns) {

    public Grid {
      Sizes.positive("rows", rows);
      Sizes.positive("columns", columns);
    }

    int patches() {
      return Math.multiplyExact(rows, columns);
    }
  }

  public PatchBatch {
    grids = List.copyOf(grids);
    if (patches.dim() != 3 || patches.size(0) != grids.size()) {
      throw new IllegalArgumentException(
          "patches of " + grids.size() + " pictures can not be " + Tensors.describe(patches));
    }
    for (Grid grid : grids) {
      if (grid.patches() > patches.size(1)) {
        throw new IllegalArgumentException(
            grid + " has more patches than the " + patches.size(1) + " given");
      }
    }
  }

  /**
   * As the reference's processor gives them.
   *
   * @param patches {@code [B, N, p * p * 3]}
   * @param shapes rows and columns of each picture, {@code [B, 2]}
   */
  public static PatchBatch of(Tensor patches, Tensor shapes) {
    if (shapes.dim() != 2 || shapes.size(1) != 2) {
      throw new IllegalArgumentException(
          "shapes of pictures must be [B, 2] but are " + Tensors.describe(shapes));
    }
    long[] sizes = Tensors.toLongs(shapes);
    List<Grid> grids = new ArrayList<>();
    for (int i = 0; i < sizes.length; i += 2) {
      grids.add(new Grid(Math.toIntExact(sizes[i]), Math.toIntExact(sizes[i + 1])));
    }
    return new PatchBatch(patches, grids);
  }

  /**
   * The patches of pictures of one size.
   *
   * @param pixels {@code [B, 3, H, W]}; what does not fill a patch at the right and below is left
   * @param patch p
   */
  public static PatchBatch of(Tensor pixels, int patch) {
    int rows = (int) (pixels.size(2) / patch);
    int columns = (int) (pixels.size(3) / patch);
    long batch = pixels.size(0);
    Tensor whole = pixels.narrow(2, 0, (long) rows * patch).narrow(3, 0, (long) columns * patch);
    Tensor parted = whole.reshape(batch, 3, rows, patch, columns, patch);
    Tensor patches =
        parted.permute(0, 2, 4, 3, 5, 1).reshape(batch, (long) rows * columns, 3L * patch * patch);
    return new PatchBatch(
        patches, Collections.nCopies(Math.toIntExact(batch), new Grid(rows, columns)));
  }

  /** True at real patches, {@code [B, 1, 1, N]}; or null if there are no others. */
  Tensor mask(Device device) {
    long length = patches.size(1);
    if (grids.stream().allMatch(grid -> grid.patches() == length)) {
      return null;
    }
    Tensor places = Tensors.range(length, device);
    List<Tensor> rows = new ArrayList<>();
    for (Grid grid : grids) {
      rows.add(places.lt(new Scalar((long) grid.patches())));
    }
    return Tensors.stack(0, rows.toArray(Tensor[]::new)).view(grids.size(), 1, 1, length);
  }
}
