// Requests to one host, over one connection that is kept. TLS is verified, always; no redirect is followed,
// no proxy used, nothing of .netrc read. Knows nothing of what the answers mean. The only file with libcurl.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "clerk/secret_key.h"

namespace rung::clerk {

struct HttpAnswer {
  long status = 0;
  std::string body;
  std::optional<std::string> retry_after;  // as the header has it
};

// No answer. Whether the request was carried out is not known.
class HttpFailure : public std::exception {
 public:
  enum class Kind {
    kPassing,    // may be over when it is tried again
    kUntrusted,  // whoever answers is not who he should be: nothing was sent
    kStopped,
  };

  HttpFailure(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  Kind kind() const { return kind_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  const Kind kind_;
  const std::string text_;
};

class HttpConnection {
 public:
  // Shape:  endpoint as of ResolveEndpoint. The variable SSL_CERT_FILE names other authorities than the
  //         system's, as it does for OpenSSL.
  HttpConnection(std::string endpoint, const SecretKey& key, std::chrono::milliseconds timeout,
                 std::stop_token stop);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Waits for the whole answer, for as long as the timeout says.
  // Shape:  method GET or DELETE; path with its query, beginning with '/'.
  // Errors: HttpFailure.
  HttpAnswer Send(const std::string& method, const std::string& path);

 private:
  class Handle;
  const std::string endpoint_;
  const std::stop_token stop_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace rung::clerk
