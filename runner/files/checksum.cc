#include "files/checksum.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace rung::files {
namespace {

void Require(int result) {
  if (result != 1) throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
}

}  // namespace

std::string Sha256(std::string_view bytes) { return Sha256Sum().Add(bytes).Hex(); }

Sha256Sum::Sha256Sum() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  Require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

Sha256Sum::~Sha256Sum() = default;

Sha256Sum& Sha256Sum::Add(std::string_view bytes) {
  Require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  return *this;
}

std::string Sha256Sum::Hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  Require(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  std::string hex;
  hex.reserve(size * 2);
  for (unsigned i = 0; i < size; ++i) fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  return hex;
}

}  // namespace rung::files
