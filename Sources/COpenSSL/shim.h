#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <openssl/rand.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ecdsa.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

// The one hash function that needs no memory of its own and therefore cannot fail. Its newer name (EVP) can, and
// costs a look-up per use; OpenSSL only warns of it because it passes by FIPS providers.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void nuri_sha256_start(SHA256_CTX *state) { SHA256_Init(state); }
static inline void nuri_sha256_add(SHA256_CTX *state, const void *bytes, size_t count) {
  SHA256_Update(state, bytes, count);
}
static inline void nuri_sha256_end(SHA256_CTX *state, unsigned char *digest) { SHA256_Final(digest, state); }
#pragma clang diagnostic pop

// A macro made of macros, which Swift does not see.
static const int nuri_evp_public_key = EVP_PKEY_PUBLIC_KEY;
