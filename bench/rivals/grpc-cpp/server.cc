// An echo by gRPC's asynchronous C++ API: one completion queue, one thread. Prints its port, and ends when its stdin does.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <thread>

#include "echo.grpc.pb.h"

namespace {

// As many calls can come before the thread has asked for the next one.
constexpr int kWaiting = 1024;

bench::Echo::AsyncService service;
std::unique_ptr<grpc::ServerCompletionQueue> queue;

// One call: waits to be made, is answered, and is thrown away for one that waits.
class Call {
 public:
  Call() : writer_(&context_) { service.RequestEcho(&context_, &request_, &writer_, queue.get(), queue.get(), this); }

  void Proceed(bool ok) {
    if (!ok || answered_) {
      delete this;
      return;
    }
    new Call();
    answered_ = true;
    answer_.set_text(request_.text());
    writer_.Finish(answer_, grpc::Status::OK, this);
  }

 private:
  grpc::ServerContext context_;
  bench::Text request_;
  bench::Text answer_;
  grpc::ServerAsyncResponseWriter<bench::Text> writer_;
  bool answered_ = false;
};

}  // namespace

int main() {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  std::thread([] {
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    _exit(0);
  }).detach();
  std::printf("%d\n", port);
  std::fflush(stdout);
  for (int i = 0; i < kWaiting; ++i) new Call();
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Proceed(ok);
  return 0;
}
