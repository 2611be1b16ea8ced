// SHA-256, in hexadecimal.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace rung::files {

std::string Sha256(std::string_view bytes);

// The same of what comes piece by piece.
class Sha256Sum {
 public:
  Sha256Sum();
  ~Sha256Sum();
  Sha256Sum(const Sha256Sum&) = delete;
  Sha256Sum& operator=(const Sha256Sum&) = delete;

  Sha256Sum& Add(std::string_view bytes);

  // Of all that was added; called once, at the end.
  std::string Hex();

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

}  // namespace rung::files
