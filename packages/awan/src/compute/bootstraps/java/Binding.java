package awan.runtime;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plain values as the type a handler declares: beans by their setters, whatever the case of the names (`Records`, `eventSourceARN`). */
final class Binding {
  private Binding() {}

  static Object bind(Object value, Type type) throws ReflectiveOperationException {
    return bind(value, type, new HashMap<>());
  }

  private static Object bind(Object value, Type type, Map<TypeVariable<?>, Type> variables)
      throws ReflectiveOperationException {
    if (type instanceof TypeVariable) {
      Type known = variables.get(type);
      return known == null ? value : bind(value, known, variables);
    }
    if (type instanceof WildcardType) return bind(value, ((WildcardType) type).getUpperBounds()[0], variables);
    Class<?> raw = rawOf(type);
    if (value == null) return raw.isPrimitive() ? Array.get(Array.newInstance(raw, 1), 0) : null;
    if (raw == Object.class) return value;
    if (raw == String.class || raw == CharSequence.class) return value instanceof String ? value : Json.write(value);
    if (raw.isArray() && raw != byte[].class) {
      List<?> items = (List<?>) value;
      Object array = Array.newInstance(raw.getComponentType(), items.size());
      for (int i = 0; i < items.size(); i++) Array.set(array, i, bind(items.get(i), raw.getComponentType(), variables));
      return array;
    }
    if (Map.class.isAssignableFrom(raw)) return map((Map<?, ?>) value, argument(type, 1), raw, variables);
    if (Collection.class.isAssignableFrom(raw)) return collection((List<?>) value, argument(type, 0), raw, variables);
    Object simple = simple(value, raw);
    if (simple != null) return simple;
    if (raw.isInstance(value)) return value;
    if (!(value instanceof Map))
      throw new IllegalArgumentException("cannot make a " + raw.getName() + " of " + Json.write(value));
    if (raw.getSuperclass() != null && raw.getSuperclass().getName().equals("java.lang.Record"))
      return record((Map<?, ?>) value, raw, variables);
    return bean((Map<?, ?>) value, raw, type, variables);
  }

  static Class<?> rawOf(Type type) {
    if (type instanceof Class) return (Class<?>) type;
    if (type instanceof ParameterizedType) return rawOf(((ParameterizedType) type).getRawType());
    return Object.class;
  }

  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType ? ((ParameterizedType) type).getActualTypeArguments()[index] : Object.class;
  }

  private static Object map(Map<?, ?> value, Type of, Class<?> raw, Map<TypeVariable<?>, Type> variables)
      throws ReflectiveOperationException {
    @SuppressWarnings("unchecked")
    Map<Object, Object> made =
        raw.isInterface() || Modifier.isAbstract(raw.getModifiers())
            ? new LinkedHashMap<>()
            : (Map<Object, Object>) raw.getDeclaredConstructor().newInstance();
    for (Map.Entry<?, ?> entry : value.entrySet()) made.put(entry.getKey(), bind(entry.getValue(), of, variables));
    return made;
  }

  private static Object collection(List<?> value, Type of, Class<?> raw, Map<TypeVariable<?>, Type> variables)
      throws ReflectiveOperationException {
    @SuppressWarnings("unchecked")
    Collection<Object> made =
        !raw.isInterface() && !Modifier.isAbstract(raw.getModifiers())
            ? (Collection<Object>) raw.getDeclaredConstructor().newInstance()
            : Set.class.isAssignableFrom(raw) ? new HashSet<>() : new ArrayList<>();
    for (Object item : value) made.add(bind(item, of, variables));
    return made;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object simple(Object value, Class<?> raw) throws ReflectiveOperationException {
    if (raw == boolean.class || raw == Boolean.class) return value instanceof Boolean ? value : Boolean.valueOf(value.toString());
    if (raw == char.class || raw == Character.class) return value.toString().charAt(0);
    if (raw.isEnum()) return Enum.valueOf((Class) raw, value.toString());
    if (raw == byte[].class) return Base64.getDecoder().decode(value.toString());
    if (raw == ByteBuffer.class) return ByteBuffer.wrap(Base64.getDecoder().decode(value.toString()));
    if (raw == Date.class) return new Date(millis(value));
    if (raw == java.time.Instant.class) return java.time.Instant.ofEpochMilli(millis(value));
    if (raw.getName().equals("org.joda.time.DateTime")) return raw.getConstructor(Object.class).newInstance(value instanceof Number ? (Object) millis(value) : value);
    if (raw == BigDecimal.class) return new BigDecimal(value.toString());
    if (raw == BigInteger.class) return new BigDecimal(value.toString()).toBigInteger();
    if (!raw.isPrimitive() && !Number.class.isAssignableFrom(raw)) return null;
    if (raw == Number.class) return value;
    BigDecimal number = new BigDecimal(value.toString());
    if (raw == int.class || raw == Integer.class) return number.intValue();
    if (raw == long.class || raw == Long.class) return number.longValue();
    if (raw == double.class || raw == Double.class) return number.doubleValue();
    if (raw == float.class || raw == Float.class) return number.floatValue();
    if (raw == short.class || raw == Short.class) return number.shortValue();
    return number.byteValue();
  }

  /** Kinesis and DynamoDB tell seconds, with or without a fraction; everybody else milliseconds or ISO 8601. */
  private static long millis(Object value) {
    if (!(value instanceof Number)) return java.time.OffsetDateTime.parse(value.toString()).toInstant().toEpochMilli();
    double number = ((Number) value).doubleValue();
    return (long) (number < 100_000_000_000.0 ? number * 1000 : number);
  }

  private static Object bean(Map<?, ?> value, Class<?> raw, Type type, Map<TypeVariable<?>, Type> outer)
      throws ReflectiveOperationException {
    Map<TypeVariable<?>, Type> variables = new HashMap<>(outer);
    for (int i = 0; i < raw.getTypeParameters().length; i++) variables.put(raw.getTypeParameters()[i], argument(type, i));
    Constructor<?> constructor = raw.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object bean = constructor.newInstance();
    Map<String, Method> setters = new HashMap<>();
    for (Method method : raw.getMethods())
      if (method.getName().startsWith("set") && method.getParameterCount() == 1 && !method.isBridge())
        setters.put(plain(method.getName().substring(3)), method);
    Map<String, Field> fields = new HashMap<>();
    for (Field field : raw.getFields()) if (!Modifier.isStatic(field.getModifiers())) fields.put(plain(field.getName()), field);
    for (Map.Entry<?, ?> entry : value.entrySet()) {
      String name = plain(entry.getKey().toString());
      Method setter = setters.get(name);
      if (setter != null) {
        setter.setAccessible(true);
        setter.invoke(bean, bind(entry.getValue(), setter.getGenericParameterTypes()[0], variables));
      } else if (fields.containsKey(name)) {
        Field field = fields.get(name);
        field.set(bean, bind(entry.getValue(), field.getGenericType(), variables));
      }
    }
    return bean;
  }

  private static Object record(Map<?, ?> value, Class<?> raw, Map<TypeVariable<?>, Type> variables)
      throws ReflectiveOperationException {
    Map<String, Object> members = new HashMap<>();
    for (Map.Entry<?, ?> entry : value.entrySet()) members.put(plain(entry.getKey().toString()), entry.getValue());
    Constructor<?> constructor = raw.getDeclaredConstructors()[0];
    List<Object> arguments = new ArrayList<>();
    List<Field> components = new ArrayList<>();
    for (Field field : raw.getDeclaredFields()) if (!Modifier.isStatic(field.getModifiers())) components.add(field);
    for (Field field : components) arguments.add(bind(members.get(plain(field.getName())), field.getGenericType(), variables));
    constructor.setAccessible(true);
    return constructor.newInstance(arguments.toArray());
  }

  private static String plain(String name) {
    return name.replaceAll("[-_.]", "").toLowerCase();
  }
}
