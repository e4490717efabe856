/**
 * A model over HTTP, in the words of OpenAI's interface.
 *
 * <p>A request walks this line: {@link io.lorgnette.serve.LorgnetteServer} takes it from the
 * socket, {@code Access} says whether it may come in, {@code ChatJson} makes a {@code Question} of
 * its JSON, {@code Pictures} brings its images, and {@code Engine} answers it. The engine has one
 * thread, which owns the models; between two steps of the answers that are being written it lets
 * others join. What it says comes back through the {@code Job} to the request's own thread, which
 * makes text and JSON of it.
 *
 * <p>JSON stays in the classes whose names end in {@code Json}; HTTP stays in the server and its
 * routes.
 */
package io.lorgnette.serve;
