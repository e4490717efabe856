/**
 * What is in a postcard and where: the model that painters draw and sentences tell.
 *
 * <p>In: a seed, a split, an index. Out: a {@link io.lorgnette.pocket.postcards.scene.Scene} in
 * which nothing that is told of is hidden. Read {@link
 * io.lorgnette.pocket.postcards.scene.Director} (from seed to scene), {@code Casting} (what),
 * {@code Layout} (where) and {@link io.lorgnette.pocket.postcards.scene.HeldOut} first. For use by
 * postcards only.
 */
package io.lorgnette.pocket.postcards.scene;
