package awan.runtime;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON text to plain values (maps, lists, strings, numbers, booleans) and any value to JSON text. No library may be assumed. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.space();
    if (json.at < text.length()) throw json.wrong();
    return value;
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("not JSON at character " + at);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
  }

  private boolean take(char expected) {
    space();
    if (at >= text.length() || text.charAt(at) != expected) return false;
    at++;
    return true;
  }

  private Object value() {
    space();
    if (at >= text.length()) throw wrong();
    char first = text.charAt(at);
    if (first == '{') return object();
    if (first == '[') return array();
    if (first == '"') return string();
    if (word("true")) return Boolean.TRUE;
    if (word("false")) return Boolean.FALSE;
    if (word("null")) return null;
    return number();
  }

  private boolean word(String word) {
    if (!text.startsWith(word, at)) return false;
    at += word.length();
    return true;
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    if (take('}')) return members;
    do {
      space();
      String name = string();
      if (!take(':')) throw wrong();
      members.put(name, value());
    } while (take(','));
    if (!take('}')) throw wrong();
    return members;
  }

  private List<Object> array() {
    List<Object> items = new ArrayList<>();
    at++;
    if (take(']')) return items;
    do items.add(value());
    while (take(','));
    if (!take(']')) throw wrong();
    return items;
  }

  private String string() {
    if (at >= text.length() || text.charAt(at) != '"') throw wrong();
    StringBuilder out = new StringBuilder();
    for (at++; ; at++) {
      if (at >= text.length()) throw wrong();
      char next = text.charAt(at);
      if (next == '"') {
        at++;
        return out.toString();
      }
      if (next != '\\') {
        out.append(next);
        continue;
      }
      char escaped = text.charAt(++at);
      int known = "\"\\/bfnrt".indexOf(escaped);
      if (known >= 0) out.append("\"\\/\b\f\n\r\t".charAt(known));
      else {
        out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
        at += 4;
      }
    }
  }

  private Number number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
    String digits = text.substring(start, at);
    if (digits.isEmpty()) throw wrong();
    if (digits.matches("-?\\d{1,9}")) return Integer.valueOf(digits);
    if (digits.matches("-?\\d{1,18}")) return Long.valueOf(digits);
    if (digits.matches("-?\\d+")) return new BigInteger(digits);
    return Double.valueOf(digits);
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(out, value);
    return out.toString();
  }

  private static void write(StringBuilder out, Object value) {
    if (value == null || value instanceof Boolean) out.append(value);
    else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (Double.isNaN(number) || Double.isInfinite(number)) quote(out, String.valueOf(number));
      else out.append(value);
    } else if (value instanceof Number) out.append(value instanceof BigDecimal ? ((BigDecimal) value).toPlainString() : value);
    else if (value instanceof CharSequence || value instanceof Character) quote(out, value.toString());
    else if (value instanceof Enum) quote(out, ((Enum<?>) value).name());
    else if (value instanceof Map) writeMap(out, (Map<?, ?>) value);
    else if (value instanceof Iterable) writeItems(out, (Iterable<?>) value);
    else if (value instanceof byte[]) quote(out, Base64.getEncoder().encodeToString((byte[]) value));
    else if (value instanceof ByteBuffer) {
      byte[] bytes = new byte[((ByteBuffer) value).remaining()];
      ((ByteBuffer) value).duplicate().get(bytes);
      quote(out, Base64.getEncoder().encodeToString(bytes));
    } else if (value.getClass().isArray()) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) items.add(Array.get(value, i));
      writeItems(out, items);
    } else if (value instanceof Date) out.append(((Date) value).getTime());
    else if (value instanceof Optional) write(out, ((Optional<?>) value).orElse(null));
    else if (value.getClass().getName().startsWith("java.") || value.getClass().getName().startsWith("org.joda."))
      quote(out, value.toString());
    else writeMap(out, properties(value));
  }

  /** What an object's getters, or a record's components, tell. */
  private static Map<String, Object> properties(Object bean) {
    Map<String, Object> properties = new LinkedHashMap<>();
    Class<?> type = bean.getClass();
    boolean isRecord = type.getSuperclass() != null && type.getSuperclass().getName().equals("java.lang.Record");
    for (Method method : type.getMethods()) {
      String name = method.getName();
      boolean hidden = Modifier.isStatic(method.getModifiers()) || method.getParameterCount() > 0 || method.isBridge();
      if (hidden || method.getDeclaringClass() == Object.class || method.getReturnType() == void.class) continue;
      String property;
      if (isRecord && isComponent(type, name)) property = name;
      else if (name.startsWith("get") && name.length() > 3) property = decapitalized(name.substring(3));
      else if (name.startsWith("is") && name.length() > 2 && method.getReturnType() == boolean.class)
        property = decapitalized(name.substring(2));
      else continue;
      try {
        method.setAccessible(true);
        properties.put(property, method.invoke(bean));
      } catch (ReflectiveOperationException error) {
        throw new IllegalArgumentException("cannot read " + property + " of " + type.getName(), error);
      }
    }
    return properties;
  }

  private static boolean isComponent(Class<?> type, String name) {
    try {
      type.getDeclaredField(name);
      return true;
    } catch (NoSuchFieldException error) {
      return false;
    }
  }

  private static String decapitalized(String name) {
    return name.substring(0, 1).toLowerCase() + name.substring(1);
  }

  private static void writeMap(StringBuilder out, Map<?, ?> map) {
    out.append('{');
    String comma = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(comma);
      quote(out, String.valueOf(entry.getKey()));
      out.append(':');
      write(out, entry.getValue());
      comma = ",";
    }
    out.append('}');
  }

  private static void writeItems(StringBuilder out, Iterable<?> items) {
    out.append('[');
    String comma = "";
    for (Object item : items) {
      out.append(comma);
      write(out, item);
      comma = ",";
    }
    out.append(']');
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      int known = "\"\\\b\f\n\r\t".indexOf(next);
      if (known >= 0) out.append('\\').append("\"\\bfnrt".charAt(known));
      else if (next < ' ') out.append(String.format("\\u%04x", (int) next));
      else out.append(next);
    }
    out.append('"');
  }
}
