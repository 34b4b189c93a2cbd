package awan.runtime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Java function over the Lambda Runtime API. Compiled by the machine's JDK when it is first needed. What AWS's interfaces
 * are is known by name only: they come with the user's code (aws-lambda-java-core).
 */
public final class Runtime {
  private static final String CORE = "com.amazonaws.services.lambda.runtime.";
  private static final String API = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/";

  private interface Handler {
    byte[] handle(byte[] event, Map<String, String> headers) throws Throwable;
  }

  public static void main(String[] args) throws Exception {
    Handler handler;
    try {
      handler = load(System.getenv("_HANDLER"));
    } catch (Throwable error) {
      Throwable cause = causeOf(error);
      print(cause);
      post("init/error", describe(cause), cause.getClass().getName());
      System.exit(1);
      return;
    }
    while (true) {
      HttpURLConnection next = (HttpURLConnection) new URL(API + "invocation/next").openConnection();
      byte[] event = readAll(next.getInputStream());
      Map<String, String> headers = new LinkedHashMap<>();
      next.getHeaderFields().forEach((name, values) -> headers.put(name == null ? "" : name.toLowerCase(), values.get(0)));
      String id = headers.get("lambda-runtime-aws-request-id");
      System.setProperty("com.amazonaws.xray.traceHeader", headers.getOrDefault("lambda-runtime-trace-id", ""));
      try {
        byte[] answer = handler.handle(event, headers);
        System.out.flush();
        post("invocation/" + id + "/response", answer, null);
      } catch (Throwable error) {
        Throwable cause = causeOf(error);
        print(cause);
        post("invocation/" + id + "/error", describe(cause), cause.getClass().getName());
      }
    }
  }

  private static Handler load(String name) throws Exception {
    String[] parts = name.split("::");
    Class<?> type = Class.forName(parts[0], true, ClassLoader.getSystemClassLoader());
    if (parts.length == 1 && !isA(type, "RequestHandler") && !isA(type, "RequestStreamHandler"))
      throw new IllegalArgumentException(type.getName() + " implements neither RequestHandler nor RequestStreamHandler");
    Method method = methodOf(type, parts.length == 1 ? "handleRequest" : parts[1]);
    Object target = Modifier.isStatic(method.getModifiers()) ? null : type.getDeclaredConstructor().newInstance();
    method.setAccessible(true);
    Class<?>[] parameters = method.getParameterTypes();
    if (parameters.length > 1 && parameters[0] == InputStream.class && parameters[1] == OutputStream.class)
      return (event, headers) -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Object[] arguments = new Object[parameters.length];
        arguments[0] = new ByteArrayInputStream(event);
        arguments[1] = out;
        if (parameters.length > 2) arguments[2] = context(parameters[2], headers);
        method.invoke(target, arguments);
        return out.toByteArray();
      };
    Type[] types = method.getGenericParameterTypes();
    return (event, headers) -> {
      Object[] arguments = new Object[parameters.length];
      for (int i = 0; i < parameters.length; i++)
        arguments[i] =
            parameters[i].getName().equals(CORE + "Context")
                ? context(parameters[i], headers)
                : Binding.bind(Json.parse(new String(event, StandardCharsets.UTF_8)), types[i]);
      Object answer = method.invoke(target, arguments);
      return (method.getReturnType() == void.class ? "null" : Json.write(answer)).getBytes(StandardCharsets.UTF_8);
    };
  }

  private static boolean isA(Class<?> type, String name) {
    for (Class<?> each = type; each != null; each = each.getSuperclass())
      for (Class<?> implemented : each.getInterfaces()) if (implemented.getName().equals(CORE + name)) return true;
    return false;
  }

  /** Of several of that name the one with most parameters, as on AWS; not what the compiler made for generics. */
  private static Method methodOf(Class<?> type, String name) throws NoSuchMethodException {
    Method best = null;
    for (Method method : type.getMethods()) {
      boolean fits = method.getName().equals(name) && !method.isBridge() && !method.isSynthetic();
      if (fits && (best == null || method.getParameterCount() > best.getParameterCount())) best = method;
    }
    if (best == null) throw new NoSuchMethodException("no public method " + name + " on class " + type.getName());
    return best;
  }

  private static Object context(Class<?> type, Map<String, String> headers) {
    long deadline = Long.parseLong(headers.getOrDefault("lambda-runtime-deadline-ms", "0"));
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "getAwsRequestId": return headers.get("lambda-runtime-aws-request-id");
            case "getLogGroupName": return System.getenv("AWS_LAMBDA_LOG_GROUP_NAME");
            case "getLogStreamName": return System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
            case "getFunctionName": return System.getenv("AWS_LAMBDA_FUNCTION_NAME");
            case "getFunctionVersion": return System.getenv("AWS_LAMBDA_FUNCTION_VERSION");
            case "getInvokedFunctionArn": return headers.get("lambda-runtime-invoked-function-arn");
            case "getMemoryLimitInMB": return Integer.valueOf(System.getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"));
            case "getRemainingTimeInMillis": return (int) Math.max(0, deadline - System.currentTimeMillis());
            case "getLogger": return logger(method.getReturnType());
            case "hashCode": return System.identityHashCode(proxy);
            case "equals": return proxy == arguments[0];
            case "toString": return "Context of " + headers.get("lambda-runtime-aws-request-id");
            default: return null;
          }
        });
  }

  private static Object logger(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (!method.getName().equals("log")) return null;
          Object message = arguments[0];
          System.out.println(message instanceof byte[] ? new String((byte[]) message, StandardCharsets.UTF_8) : message);
          return null;
        });
  }

  private static Throwable causeOf(Throwable error) {
    boolean isWrapper = error instanceof InvocationTargetException || error instanceof ExceptionInInitializerError;
    return isWrapper && error.getCause() != null ? error.getCause() : error;
  }

  private static byte[] describe(Throwable error) {
    return Json.write(described(error)).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> described(Throwable error) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("errorMessage", error.getMessage() == null ? error.toString() : error.getMessage());
    described.put("errorType", error.getClass().getName());
    List<String> trace = new ArrayList<>();
    for (StackTraceElement element : error.getStackTrace())
      if (!element.getClassName().startsWith("awan.runtime.") && !element.getClassName().contains("reflect"))
        trace.add(element.toString());
    described.put("stackTrace", trace);
    if (error.getCause() != null && error.getCause() != error) described.put("cause", described(error.getCause()));
    return described;
  }

  private static void print(Throwable error) {
    error.printStackTrace();
    System.err.flush();
  }

  private static void post(String path, byte[] body, String errorType) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(API + path).openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    if (errorType != null) connection.setRequestProperty("Lambda-Runtime-Function-Error-Type", errorType);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
    readAll(connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream());
  }

  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (in == null) return out.toByteArray();
    byte[] part = new byte[8192];
    for (int count = in.read(part); count >= 0; count = in.read(part)) out.write(part, 0, count);
    in.close();
    return out.toByteArray();
  }
}
