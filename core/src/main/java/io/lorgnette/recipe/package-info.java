/**
 * One YAML file becomes one typed record.
 *
 * <p>In: a recipe file and the {@code --set key.path=value} options of the command line. Out: the
 * record that plain code built from it, and the same recipe with every default written out. There
 * is no merging of files, no anchors, no tags, and no reflection: a record says in a few lines
 * which keys it has, of which type, in which range, with which default.
 *
 * <pre>{@code
 * record Schedule(int warmupSteps, double peak, Shape shape) {
 *   static Schedule read(RecipeNode n) {
 *     return new Schedule(
 *         n.integer("warmup_steps", 100).atLeast(0),
 *         n.number("peak", 3e-4).above(0.0),
 *         n.choice("shape", Shape.COSINE));
 *   }
 * }
 *
 * Recipe<Schedule> recipe = RecipeReader.read(file, List.of("peak=1e-3"), Schedule::read);
 * recipe.value();         // the record
 * recipe.resolvedYaml();  // what the run folder keeps
 * }</pre>
 *
 * <p>An unknown key, a duplicate key, a wrong type, a value out of range, and a missing required
 * key are {@link io.lorgnette.error.InputException}s that name the file, the line and the key path;
 * what came from {@code --set} is named so.
 *
 * <p>Read first: {@link io.lorgnette.recipe.RecipeNode}, then {@link
 * io.lorgnette.recipe.RecipeReader}.
 */
package io.lorgnette.recipe;
