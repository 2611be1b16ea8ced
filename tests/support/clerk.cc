#include "support/clerk.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>

#include "support/project.h"

namespace rung::test {
namespace {

size_t Append(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

std::string Ask(const std::string& url, const std::string* body) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
  std::string answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);  // it is our own child
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  if (body != nullptr) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->c_str());
  if (curl_easy_perform(curl.get()) != CURLE_OK) throw std::runtime_error("no stand-in at " + url);
  return answer;
}

}  // namespace

ClerkStandIn::ClerkStandIn(const std::string& settings) {
  const std::string script = (SourceDirectory() / "tests/clerk/stand_in.mjs").string();
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  pid_ = fork();
  if (pid_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execlp("node", "node", script.c_str(), settings.c_str(), nullptr);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  char c = 0;
  while (read(out[0], &c, 1) == 1 && c != '\n') url_ += c;
  close(out[0]);
  if (url_.empty()) throw std::runtime_error("the stand-in for Clerk does not start");
}

ClerkStandIn::~ClerkStandIn() {
  close(input_);
  waitpid(pid_, nullptr, 0);
}

std::string ClerkStandIn::State() const { return Ask(url_ + "/_control/state", nullptr); }

void ClerkStandIn::Set(const std::string& settings) const {
  Ask(url_ + "/_control/set", &settings);
}

}  // namespace rung::test
