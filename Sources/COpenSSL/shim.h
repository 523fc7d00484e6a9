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

// A public key from its parameters, or NULL. In C, because the builder keeps the addresses of names and bytes until
// it is asked for the parameters.
static inline EVP_PKEY *nuri_public_key(const char *kind, OSSL_PARAM_BLD *builder) {
  EVP_PKEY *key = NULL;
  OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
  if (parameters && context && EVP_PKEY_fromdata_init(context) == 1) {
    if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) key = NULL;
  }
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  return key;
}

// An RSA public key from its modulus and exponent, or NULL.
static inline EVP_PKEY *nuri_rsa_key(const BIGNUM *modulus, const BIGNUM *exponent) {
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  EVP_PKEY *key = NULL;
  if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus)
      && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent)) {
    key = nuri_public_key("RSA", builder);
  }
  OSSL_PARAM_BLD_free(builder);
  return key;
}

// A public key on a named curve from its uncompressed point, or NULL.
static inline EVP_PKEY *nuri_curve_key(const char *curve, const unsigned char *point, size_t count) {
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  EVP_PKEY *key = NULL;
  if (builder && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0)
      && OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, count)) {
    key = nuri_public_key("EC", builder);
  }
  OSSL_PARAM_BLD_free(builder);
  return key;
}
