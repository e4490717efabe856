package io.lorgnette.metrics.spice;

/** Whether the parser's models are on the class path, as with {@code -Pspice-models}. */
final class Models {

  private Models() {}

  static boolean there() {
    return Models.class.getClassLoader().getResource(CaptionParser.MODEL) != null;
  }
}
