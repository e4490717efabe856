package io.lorgnette.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.error.InputException;
import org.junit.jupiter.api.Test;

class ApiExceptionTest {

  @Test
  void aDefectIsKeptForTheLogAndNotToldToTheClient() {
    IllegalStateException defect = new IllegalStateException("a word of the request");
    ApiException told = Engine.failure(defect);
    assertThat(told.status()).isEqualTo(500);
    assertThat(told).hasCause(defect).hasMessageContaining("IllegalStateException");
    assertThat(ErrorJson.of(told).toString()).doesNotContain("a word of the request");
  }

  @Test
  void whatTheRequestGotWrongIsTold() {
    ApiException told = Engine.failure(new InputException("shorten it"));
    assertThat(told.status()).isEqualTo(400);
    assertThat(told).hasNoCause().hasMessage("shorten it");
    assertThat(Engine.failure(told)).isSameAs(told);
  }
}
