#include "files/checksum.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace rung::files {
namespace {

void Require(int result) {
  if (result != 1) throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
}

// Looked up once: OpenSSL does that anew for each digest otherwise.
const EVP_MD* Algorithm() {
  static const std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  return algorithm.get();
}

}  // namespace

std::string Sha256(std::string_view bytes) { return Sha256Sum().Add(bytes).Hex(); }

Sha256Sum::Sha256Sum() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  Require(EVP_DigestInit_ex(context_.get(), Algorithm(), nullptr));
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
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace rung::files
