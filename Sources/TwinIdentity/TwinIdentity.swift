// TwinIdentity, floor 2: who someone is, and proof that nothing was touched.
//
//   text of a key ──▶ APIKey ──▶ id, digest            (the engine compares digests it keeps as records)
//   bearer token ──▶ JWT ──▶ TokenVerifier + JWKSet + now ──▶ VerifiedToken
//   bytes ──▶ SHA256, HMAC, Ed25519                     (the audit's chain, signatures of webhooks)
//
// All of it over libcrypto; none of it knows twins, sockets, files or clocks: the time is handed in, key sets come
// as bytes that someone else fetched. Random bytes have one source, `SecureRandom`.
//
// Imported by: any room above floor 2.
