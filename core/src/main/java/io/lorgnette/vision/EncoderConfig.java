package io.lorgnette.vision;

/** What every encoder's configuration tells. */
interface EncoderConfig {

  /** Architecture in one line, for people and identities. */
  String describe();

  /** The name of the output that was chosen. */
  String outputName();

  /** N, visual tokens of one image. */
  int tokens();

  /** How many of the tokens, from the first, stand for no place of the image. */
  default int placeless() {
    return 0;
  }

  /** Parameters of the model as it was published. */
  long parameterCount();

  /**
   * Multiplications, each with its addition, of the matrices and convolutions that make one image's
   * features; what is done beside them costs little.
   */
  long multiplyAdds();
}
