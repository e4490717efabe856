package io.lorgnette.text.jinja;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/** A list that Python would write with round brackets. */
final class Tuple extends AbstractList<Object> {

  private final Object[] items;

  Tuple(List<?> items) {
    this.items = items.toArray();
  }

  static Tuple of(Object a, Object b) {
    return new Tuple(Arrays.asList(a, b));
  }

  @Override
  public Object get(int index) {
    return items[index];
  }

  @Override
  public int size() {
    return items.length;
  }
}
