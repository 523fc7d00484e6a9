#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

struct ssl_ctx_st;
struct ssl_st;
struct x509_st;
struct X509_name_st;
struct evp_pkey_st;

// Macros, variadic functions and bit fields that Swift can't call, as functions. Nothing here decides anything.

/// socket + SO_REUSEADDR + (if `shares`) SO_REUSEPORT + bind + listen, non-blocking, on a numeric IPv4 or IPv6
/// address.
/// Returns the descriptor, or -1 with `errno` (EINVAL for an address that is not numeric).
int nuri_net_listen(const char *address, uint16_t port, int backlog, int shares);
/// The port a socket is bound to, or -1.
int nuri_net_port(int fd);
/// accept4, non-blocking and close-on-exec, with TCP_NODELAY; writes the peer's numeric address (no port) into
/// `address` (at least 46 bytes) and its port into `port`. Returns the descriptor, or -1 with `errno`.
int nuri_net_accept(int fd, char *address, size_t capacity, uint16_t *port);
/// send with MSG_NOSIGNAL.
long nuri_net_send(int fd, const void *bytes, size_t count);
/// 1 when the text is an IPv4 or IPv6 address.
int nuri_net_is_numeric(const char *address);
/// The calling thread's `errno`.
int nuri_net_errno(void);
/// Ignores SIGPIPE unless the program already handles it.
void nuri_net_ignore_sigpipe(void);

/// SSL_CTX_set_min_proto_version with TLS 1.2, the options and modes a server needs.
int nuri_tls_harden(struct ssl_ctx_st *context);
/// SSL_CTX_set_tlsext_servername_callback and its argument.
void nuri_tls_on_server_name(struct ssl_ctx_st *context, int (*callback)(struct ssl_st *, int *, void *), void *argument);
/// A new P-256 key pair, or null.
struct evp_pkey_st *nuri_tls_make_key(void);
/// Adds an extension in OpenSSL's configuration syntax; `issuer` may be `certificate`. 1 on success.
int nuri_tls_add_extension(struct x509_st *certificate, struct x509_st *issuer, int nid, const char *value);
/// Writes the name in RFC 2253 order as UTF-8 and returns its length, or -1 if it does not fit.
int nuri_tls_name(const struct X509_name_st *name, char *out, size_t capacity);
/// SSL_get1_peer_certificate under one name for every OpenSSL 3.
struct x509_st *nuri_tls_peer(struct ssl_st *ssl);
/// The number of subject alternative names, and one of them: its type (GEN_*) and text. -1 when there is none.
int nuri_tls_alternative(struct x509_st *certificate, int index, int *type, char *out, size_t capacity);

/// deflateInit2 of a z_stream for gzip framing at `level`.
int nuri_gzip_begin_write(void *stream, int level);
/// inflateInit2 of a z_stream for gzip framing.
int nuri_gzip_begin_read(void *stream);
