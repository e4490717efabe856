package io.lorgnette.text.jinja;

/**
 * What a name or key without a value gives: nothing in output and conditions, an error in
 * arithmetic.
 *
 * @param what is not defined, for messages
 */
record Undefined(String what) {

  JinjaException error() {
    return JinjaException.of(what);
  }
}
