#include "cnet.h"
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

int nuri_tls_harden(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

void nuri_tls_on_server_name(SSL_CTX *context, int (*callback)(SSL *, int *, void *), void *argument) {
  SSL_CTX_set_tlsext_servername_callback(context, callback);
  SSL_CTX_set_tlsext_servername_arg(context, argument);
}

EVP_PKEY *nuri_tls_make_key(void) { return EVP_EC_gen("P-256"); }

int nuri_tls_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, 0, 0, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(0, &context, nid, value);
  if (!extension) return 0;
  int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return added;
}

int nuri_tls_name(const X509_NAME *name, char *out, size_t capacity) {
  BIO *memory = BIO_new(BIO_s_mem());
  if (!memory) return -1;
  int length = -1;
  char *text = 0;
  if (X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
    long count = BIO_get_mem_data(memory, &text);
    if (count >= 0 && (size_t)count < capacity) {
      memcpy(out, text, (size_t)count);
      length = (int)count;
    }
  }
  BIO_free(memory);
  return length;
}

X509 *nuri_tls_peer(SSL *ssl) { return SSL_get1_peer_certificate(ssl); }

int nuri_tls_alternative(X509 *certificate, int index, int *type, char *out, size_t capacity) {
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, 0, 0);
  if (!names) return -1;
  int length = -1;
  if (index < sk_GENERAL_NAME_num(names)) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *type = name->type;
    length = 0;
    if (name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI) {
      const ASN1_IA5STRING *text = name->d.ia5;
      int count = ASN1_STRING_length(text);
      if (count > 0 && (size_t)count < capacity) {
        memcpy(out, ASN1_STRING_get0_data(text), (size_t)count);
        length = count;
      }
    }
  }
  GENERAL_NAMES_free(names);
  return length;
}
