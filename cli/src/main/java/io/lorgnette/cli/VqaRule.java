package io.lorgnette.cli;

import io.lorgnette.metrics.VqaEvaluator;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a rule for answers: {@code open-flamingo} for {@code OPEN_FLAMINGO}. */
final class VqaRule implements ITypeConverter<VqaEvaluator> {

  @Override
  public VqaEvaluator convert(String value) {
    String name = value.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(VqaEvaluator.values())
        .filter(rule -> rule.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected official, lavis, open-flamingo, vizwiz, textvqa or gqa but was '"
                        + value
                        + "'"));
  }
}
