import com.baidu.bjf.remoting.protobuf.FieldType;
import com.baidu.bjf.remoting.protobuf.annotation.Protobuf;
import com.baidu.brpc.RpcContext;
import com.baidu.brpc.client.BrpcProxy;
import com.baidu.brpc.client.RpcClient;
import com.baidu.brpc.client.RpcClientOptions;
import com.baidu.brpc.protocol.BrpcMeta;
import com.baidu.brpc.protocol.Options.CompressType;
import com.baidu.brpc.protocol.Options.ProtocolType;
import com.baidu.brpc.server.RpcServer;
import com.baidu.brpc.server.RpcServerOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** brpc-java at either end: "serve PORT" answers echo.v1.EchoService/Echo, "check HOST:PORT" calls it and prints a line for each thing that is right. */
public class Peer {
  public static class Echo {
    @Protobuf(fieldType = FieldType.STRING, order = 1)
    public String text = "";

    public String getText() {
      return text;
    }

    public void setText(String text) {
      this.text = text;
    }
  }

  public interface EchoService {
    @BrpcMeta(serviceName = "echo.v1.EchoService", methodName = "Echo")
    Echo echo(Echo request);
  }

  public interface ShortNamed {
    @BrpcMeta(serviceName = "EchoService", methodName = "Echo")
    Echo echo(Echo request);
  }

  public interface Missing {
    @BrpcMeta(serviceName = "echo.v1.EchoService", methodName = "Nope")
    Echo echo(Echo request);
  }

  public static class Answering implements EchoService {
    @Override
    public Echo echo(Echo request) {
      ByteBuf attached = RpcContext.getContext().getRequestBinaryAttachment();
      // The context belongs to the thread, and may still hold what came with another request.
      if (attached != null && attached.refCnt() > 0 && request.text.equals("attached")) {
        byte[] bytes = new byte[attached.readableBytes()];
        attached.getBytes(attached.readerIndex(), bytes);
        RpcContext.getContext().setResponseBinaryAttachment(Unpooled.wrappedBuffer(bytes));
      }
      if (request.text.equals("fail")) throw new IllegalStateException("It fails.");
      return request;
    }
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("serve")) serve(Integer.parseInt(args[1]));
    else check("list://" + args[1]);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  static void serve(int port) throws Exception {
    RpcServerOptions options = new RpcServerOptions();
    options.setWorkThreadNum(2);
    options.setIoThreadNum(2);
    RpcServer server = new RpcServer("127.0.0.1", port, options);
    server.registerService(new Answering());
    server.start();
    System.out.println("port " + port);
    Thread.currentThread().join();
  }

  static RpcClient client(String url, CompressType compress) {
    RpcClientOptions options = new RpcClientOptions();
    options.setProtocolType(ProtocolType.PROTOCOL_BAIDU_STD_VALUE);
    options.setReadTimeoutMillis(10_000);
    options.setMaxTryTimes(1);
    options.setWorkThreadNum(2);
    options.setIoThreadNum(2);
    options.setMinIdleConnections(1);
    options.setCompressType(compress);
    return new RpcClient(url, options);
  }

  static Echo saying(String text) {
    Echo echo = new Echo();
    echo.text = text;
    return echo;
  }

  static void check(String url) throws Exception {
    for (CompressType compress : List.of(CompressType.COMPRESS_TYPE_NONE, CompressType.COMPRESS_TYPE_GZIP)) {
      RpcClient client = client(url, compress);
      EchoService echo = BrpcProxy.getProxy(client, EchoService.class);
      String text = "é漢🦊".repeat(5000);
      is(compress + " text", echo.echo(saying(text)).text, text);
      client.stop();
    }
    RpcClient client = client(url, CompressType.COMPRESS_TYPE_NONE);
    EchoService echo = BrpcProxy.getProxy(client, EchoService.class);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<String>> answers = new ArrayList<>();
    for (int n = 0; n < 200; n += 1) {
      String text = "text " + n;
      answers.add(threads.submit(() -> echo.echo(saying(text)).text));
    }
    for (int n = 0; n < 200; n += 1) if (!answers.get(n).get().equals("text " + n)) throw new IllegalStateException("answer " + n);
    System.out.println("ok 200 calls of 8 threads");
    RpcContext context = RpcContext.getContext();
    context.reset();
    context.setRequestBinaryAttachment(new byte[] {1, 2, 3});
    is("attached text", echo.echo(saying("attached")).text, "3");
    ByteBuf attached = RpcContext.getContext().getResponseBinaryAttachment();
    is("attachment", attached == null ? "none" : String.valueOf(attached.readableBytes()), "4");
    RpcContext.getContext().reset();
    fails("error", () -> echo.echo(saying("fail:not_found:No such thing.")), "No such thing.");
    RpcClient shortly = client(url, CompressType.COMPRESS_TYPE_NONE);
    ShortNamed named = BrpcProxy.getProxy(shortly, ShortNamed.class);
    is("short name", named.echo(saying("short")).text, "short");
    RpcClient missing = client(url, CompressType.COMPRESS_TYPE_NONE);
    Missing nope = BrpcProxy.getProxy(missing, Missing.class);
    fails("missing method", () -> nope.echo(saying("x")), "Unknown method");
  }

  static void is(String what, String value, String expected) {
    if (!value.equals(expected)) throw new IllegalStateException(what + " is " + value + ", not " + expected);
    System.out.println("ok " + what);
  }

  static void fails(String what, Runnable call, String message) {
    try {
      call.run();
    } catch (RuntimeException error) {
      if (!String.valueOf(error.getMessage()).contains(message)) throw error;
      System.out.println("ok " + what);
      return;
    }
    throw new IllegalStateException(what + " did not fail");
  }
}
