package io.lorgnette.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.lorgnette.error.InputException;

/**
 * Loads the native library of Hugging Face's tokenizers from DJL's jar, once.
 *
 * <p>Only this class decides where the library comes from: the processor build inside the jar
 * (Linux x86-64 and arm64, macOS arm64, Windows x86-64), copied once to DJL's cache folder. Left
 * alone, DJL would look for a CUDA build on a machine with an NVIDIA card and download it; a
 * tokenizer gains nothing from it, and nothing may need the network at run time.
 */
final class TokenizerNative {

  private static final String FLAVOR = "RUST_FLAVOR";

  static final TokenizersLibrary LIBRARY = load();

  private TokenizerNative() {}

  private static TokenizersLibrary load() {
    if (System.getenv(FLAVOR) == null && System.getProperty(FLAVOR) == null) {
      System.setProperty(FLAVOR, "cpu");
    }
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw new InputException(
          "tokenizers: the native library can not be loaded on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + " ("
              + rootMessage(e)
              + "); builds exist for Linux x86-64 and arm64, macOS arm64 and Windows x86-64, and"
              + " RUST_LIBRARY_PATH may name a folder that holds another build",
          e);
    }
    return TokenizersLibrary.LIB;
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }
}
