// TwinIdentity, floor 2: who someone is, and proof that nothing was touched.
//
// API keys (made, hashed, compared), JSON Web Tokens and key sets, certificates' subjects; SHA-256, HMAC, Ed25519.
// All of it over libcrypto; none of it knows twins, sockets or files.
//
// Imported by: any room above floor 2.
