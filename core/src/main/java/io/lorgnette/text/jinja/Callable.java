package io.lorgnette.text.jinja;

/** Something that a template can call: a function of its own, a given one, a method of a value. */
@FunctionalInterface
interface Callable {
  Object call(Arguments arguments);
}
