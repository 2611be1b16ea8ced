#include "clerk/http.h"

#include <curl/curl.h>

#include <array>
#include <cstdlib>

namespace rung::clerk {
namespace {

// More than 500 objects of Clerk's ever take.
constexpr size_t kMostBytes = 64u << 20;

constexpr long kConnectSeconds = 5;

// The newest but one: the calls used here are the same in both.
constexpr const char* kApiVersion = "Clerk-API-Version: 2025-11-10";

void StartLibrary() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) throw HttpFailure(HttpFailure::Kind::kUntrusted, "libcurl fails");
}

struct Receiver {
  std::string body;
  bool is_too_long = false;
};

size_t Receive(char* data, size_t size, size_t count, void* receiver) {
  auto& into = *static_cast<Receiver*>(receiver);
  into.is_too_long = into.body.size() + size * count > kMostBytes;
  if (into.is_too_long) return 0;
  into.body.append(data, size * count);
  return size * count;
}

int StopAsked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

HttpFailure::Kind KindOf(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return HttpFailure::Kind::kUntrusted;
    case CURLE_ABORTED_BY_CALLBACK:
      return HttpFailure::Kind::kStopped;
    default:
      return HttpFailure::Kind::kPassing;
  }
}

}  // namespace

class HttpConnection::Handle {
 public:
  Handle(const SecretKey& key, std::chrono::milliseconds timeout, const std::stop_token& stop) {
    StartLibrary();
    curl = curl_easy_init();
    if (curl == nullptr) throw HttpFailure(HttpFailure::Kind::kUntrusted, "libcurl fails");
    for (const std::string& header :
         {"Authorization: Bearer " + key.text(), std::string(kApiVersion),
          std::string("Accept: application/json"), std::string("User-Agent: rung/" RUNG_VERSION)}) {
      headers = curl_slist_append(headers, header.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (const char* authorities = std::getenv("SSL_CERT_FILE"); authorities != nullptr) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
    }
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever https_proxy says
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Receive);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &StopAsked);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error.data());
  }
  ~Handle() {
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};
};

HttpConnection::HttpConnection(std::string endpoint, const SecretKey& key,
                               std::chrono::milliseconds timeout, std::stop_token stop)
    : endpoint_(std::move(endpoint)),
      stop_(std::move(stop)),
      handle_(std::make_unique<Handle>(key, timeout, stop_)) {}

HttpConnection::~HttpConnection() = default;

HttpAnswer HttpConnection::Send(const std::string& method, const std::string& path) {
  CURL* curl = handle_->curl;
  Receiver receiver;
  handle_->error[0] = '\0';
  const std::string url = endpoint_ + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
  const CURLcode code = curl_easy_perform(curl);
  if (receiver.is_too_long) {
    throw HttpFailure(HttpFailure::Kind::kPassing, "the answer is longer than 64 MB");
  }
  if (code != CURLE_OK) {
    const std::string text =
        handle_->error[0] != '\0' ? handle_->error.data() : curl_easy_strerror(code);
    throw HttpFailure(KindOf(code), text);
  }
  HttpAnswer answer;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_header* found = nullptr;
  if (curl_easy_header(curl, "Retry-After", 0, CURLH_HEADER, -1, &found) == CURLHE_OK) {
    answer.retry_after = found->value;
  }
  answer.body = std::move(receiver.body);
  return answer;
}

}  // namespace rung::clerk
