"""Writes tokens.json: a key set, and tokens made by PyJWT and jwcrypto with what Nuri must say about each.

Usage: pip install pyjwt cryptography jwcrypto && python make_tokens.py
The private keys are made anew and thrown away, so every run gives another file; the tests don't mind.
"""
import base64, hashlib, hmac, json, pathlib
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwcrypto import jwk as jwcrypto_jwk, jwt as jwcrypto_jwt

NOW = 1_700_000_000
ISSUER, AUDIENCE = "https://issuer.example", "nuri"
rsa_key = rsa.generate_private_key(65537, 2048)
other_rsa = rsa.generate_private_key(65537, 2048)
small_rsa = rsa.generate_private_key(65537, 1024)
p256, p384, p521 = (ec.generate_private_key(c()) for c in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1))
okp = ed25519.Ed25519PrivateKey.generate()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public_jwk(key, **more):
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {**json.loads(jwcrypto_jwk.JWK.from_pem(pem).export_public()), **more}


def claims(**changes):
    base = {"iss": ISSUER, "aud": AUDIENCE, "sub": "kim", "exp": NOW + 300, "nbf": NOW - 10, "iat": NOW - 10,
            "jti": "t-1", "groups": ["water", "roads"], "scope": "read write", "realm": {"roles": ["operator"]}}
    return {k: v for k, v in {**base, **changes}.items() if v is not ...}


def sign(alg, key, kid, body=None, **headers):
    return jwt.encode(body or claims(), key, algorithm=alg, headers={"kid": kid, **headers})


def raw(header, body, signer):
    """A token from raw texts, so that PyJWT's own checks don't get in the way."""
    start = f"{b64(header if isinstance(header, bytes) else json.dumps(header).encode())}.{b64(json.dumps(body).encode())}"
    return f"{start}.{b64(signer(start.encode()))}"


def es256_pair(message):
    return jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(message, p256)


def es256_der(message):
    from cryptography.hazmat.primitives import hashes
    return p256.sign(message, ec.ECDSA(hashes.SHA256()))


cases = []


def case(name, token, code="", says=""):
    cases.append({"name": name, "token": token, "code": code, "says": says})


for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]:
    case(f"{alg} by PyJWT", sign(alg, rsa_key, "r1"))
case("ES256 by PyJWT", sign("ES256", p256, "e1"))
case("ES384 by PyJWT", sign("ES384", p384, "e2"))
case("EdDSA by PyJWT", sign("EdDSA", okp, "d1"))
case("no key id: every key of the kind is tried", jwt.encode(claims(), rsa_key, algorithm="RS256"))
case("a list of audiences", sign("EdDSA", okp, "d1", claims(aud=["other", AUDIENCE])))
case("type at+jwt", sign("EdDSA", okp, "d1", None, typ="at+jwt"))
case("times with fractions", sign("EdDSA", okp, "d1", claims(exp=NOW + 0.5)))
for alg, key, kid in [("RS256", rsa_key, "r1"), ("ES256", p256, "e1"), ("EdDSA", okp, "d1")]:
    private = jwcrypto_jwk.JWK.from_pem(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    made = jwcrypto_jwt.JWT(header={"alg": alg, "kid": kid}, claims=claims())
    made.make_signed_token(private)
    case(f"{alg} by jwcrypto", made.serialize())

case("alg none", raw({"alg": "none", "typ": "JWT"}, claims(), lambda m: b"x"), "invalidToken", "alg none")
case("alg none, no signature", raw({"alg": "none"}, claims(), lambda m: b""), "invalidToken", "alg none")
case("alg NonE", raw({"alg": "NonE"}, claims(), lambda m: b"x"), "invalidToken", "alg none")
pem = rsa_key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
case("HS256 with the public key as the secret",
     raw({"alg": "HS256", "kid": "r1"}, claims(), lambda m: hmac.new(pem, m, hashlib.sha256).digest()),
     "invalidToken", "shared secret")
case("HS256 with an oct key of the set",
     raw({"alg": "HS256", "kid": "s1"}, claims(), lambda m: hmac.new(b"k" * 32, m, hashlib.sha256).digest()),
     "invalidToken", "shared secret")
case("RS256 with the key id of a P-256 key", sign("RS256", rsa_key, "e1"), "invalidToken", "not for its algorithm")
case("EdDSA with the key id of an RSA key", sign("EdDSA", okp, "r1"), "invalidToken", "not for its algorithm")
case("PS256 on a key that is for RS256 alone", sign("PS256", rsa_key, "r2"), "invalidToken", "not for its algorithm")
case("RS256 on a key that is for RS256 alone", sign("RS256", rsa_key, "r2"))
case("a 1024-bit key of the set", sign("RS256", small_rsa, "small"), "unknownTokenKey", "not in its issuer's")
case("ES512 is not trusted", sign("ES512", p521, "e5"), "invalidToken", "algorithm is not trusted")
case("a key for encryption", sign("RS256", rsa_key, "enc"), "unknownTokenKey", "not in its issuer's")
case("another key behind a known key id", sign("RS256", other_rsa, "r1"), "invalidToken", "signature does not fit")
case("an unknown key id", sign("RS256", rsa_key, "next"), "unknownTokenKey", "not in its issuer's")
case("another key, no key id", jwt.encode(claims(), other_rsa, algorithm="RS256"), "unknownTokenKey", "names no key")
case("key id as a path", sign("RS256", rsa_key, "../../dev/null"), "unknownTokenKey", "not in its issuer's")
case("key id as SQL", sign("RS256", rsa_key, "' OR 1=1 --"), "unknownTokenKey", "not in its issuer's")
rs = lambda m: jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(m, rsa_key)
other = lambda m: jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(m, other_rsa)
case("key id a number", raw({"alg": "RS256", "kid": 1}, claims(), rs), "invalidToken", "kid")
case("key id empty", raw({"alg": "RS256", "kid": ""}, claims(), rs), "invalidToken", "kid")
case("a key in the header", raw({"alg": "RS256", "kid": "r1", "jwk": public_jwk(other_rsa)}, claims(), other),
     "invalidToken", "signature does not fit")
case("a key set's address in the header",
     raw({"alg": "RS256", "jku": "https://evil.example/jwks"}, claims(), other), "unknownTokenKey", "names no key")
case("crit", raw({"alg": "RS256", "kid": "r1", "crit": ["exp"]}, claims(), rs), "invalidToken", "crit")
case("b64 false", raw({"alg": "RS256", "kid": "r1", "b64": False}, claims(), rs), "invalidToken", "raw content")
case("type dpop+jwt", raw({"alg": "RS256", "kid": "r1", "typ": "dpop+jwt"}, claims(), rs), "invalidToken", "typ")
case("alg twice", raw(b'{"alg":"RS256","kid":"r1","alg":"none"}', claims(), rs), "invalidToken", "each key once")
case("alg twice, once escaped", raw(b'{"alg":"RS256","kid":"r1","\\u0061lg":"none"}', claims(), rs),
     "invalidToken", "each key once")
case("no alg", raw({"kid": "r1"}, claims(), rs), "invalidToken", "names no algorithm")
case("a header that is a list", raw(b'["RS256"]', claims(), rs), "invalidToken", "header")
case("claims that are a list", raw({"alg": "RS256", "kid": "r1"}, [1], rs), "invalidToken", "claims")

case("ES256 made from raw texts", raw({"alg": "ES256", "kid": "e1"}, claims(), es256_pair))
case("ES256 in DER", raw({"alg": "ES256", "kid": "e1"}, claims(), es256_der), "invalidToken", "does not fit")
case("ES256 all zero", raw({"alg": "ES256", "kid": "e1"}, claims(), lambda m: bytes(64)), "invalidToken", "does not fit")
case("ES256 r zero", raw({"alg": "ES256", "kid": "e1"}, claims(), lambda m: bytes(32) + es256_pair(m)[32:]),
     "invalidToken", "does not fit")
case("ES256 s zero", raw({"alg": "ES256", "kid": "e1"}, claims(), lambda m: es256_pair(m)[:32] + bytes(32)),
     "invalidToken", "does not fit")
order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
case("ES256 r and s the order", raw({"alg": "ES256", "kid": "e1"}, claims(), lambda m: order.to_bytes(32, "big") * 2),
     "invalidToken", "does not fit")
case("EdDSA one byte short", raw({"alg": "EdDSA", "kid": "d1"}, claims(), lambda m: okp.sign(m)[:63]),
     "invalidToken", "does not fit")
case("RS256 one byte short", raw({"alg": "RS256", "kid": "r1"}, claims(), lambda m: rs(m)[:255]),
     "invalidToken", "does not fit")
case("RS256 signature 0", raw({"alg": "RS256", "kid": "r1"}, claims(), lambda m: bytes(256)),
     "invalidToken", "does not fit")
case("RS256 signature 1", raw({"alg": "RS256", "kid": "r1"}, claims(), lambda m: bytes(255) + b"\1"),
     "invalidToken", "does not fit")

skew = 60
good = lambda **c: sign("EdDSA", okp, "d1", claims(**c))
case("ends within the skew", good(exp=NOW - skew + 1))
case("ended at the skew's edge", good(exp=NOW - skew), "expiredToken", "ended at")
case("ended long ago", good(exp=NOW - 86400), "expiredToken", "ended at")
case("no end", good(exp=...), "invalidToken", "no end")
case("an end that is text", raw({"alg": "EdDSA", "kid": "d1"}, claims(exp="1800000000"), okp.sign), "invalidToken", "exp")
case("an end beyond all time", raw({"alg": "EdDSA", "kid": "d1"}, claims(exp=1e300), okp.sign), "invalidToken", "exp")
case("an end before all time", raw({"alg": "EdDSA", "kid": "d1"}, claims(exp=-1), okp.sign), "invalidToken", "exp")
case("starts at the skew's edge", good(nbf=NOW + skew))
case("starts past the skew", good(nbf=NOW + skew + 1), "invalidToken", "nbf")
case("made at the skew's edge", good(iat=NOW + skew))
case("made in the future", good(iat=NOW + skew + 1), "invalidToken", "iat")
case("no nbf, no iat", good(nbf=..., iat=...))
case("another audience", good(aud="other"), "invalidToken", "aud")
case("an audience of numbers", raw({"alg": "EdDSA", "kid": "d1"}, claims(aud=[1]), okp.sign), "invalidToken", "aud")
case("no audience", good(aud=...), "invalidToken", "no audience")
case("audience as a part of a name", good(aud="nuri2"), "invalidToken", "aud")
case("another issuer", good(iss="https://issuer.example/"), "invalidToken", "iss")
case("no issuer", good(iss=...), "invalidToken", "no issuer")
case("issuer a number", raw({"alg": "EdDSA", "kid": "d1"}, claims(iss=1), okp.sign), "invalidToken", "no issuer")
case("no subject", good(sub=...), "invalidToken", "no subject")
case("subject empty", good(sub=""), "invalidToken", "sub")
case("subject 1025 bytes", good(sub="s" * 1025), "invalidToken", "sub")
case("too long", good(pad="x" * 8000), "invalidToken", "the most")

keys = [
    public_jwk(rsa_key, kid="r1", use="sig"), public_jwk(rsa_key, kid="r2", alg="RS256"),
    public_jwk(p256, kid="e1"), public_jwk(p384, kid="e2", key_ops=["verify"]), public_jwk(okp, kid="d1", alg="EdDSA"),
    public_jwk(p521, kid="e5"), public_jwk(small_rsa, kid="small"), public_jwk(rsa_key, kid="enc", use="enc"),
    {"kty": "oct", "kid": "s1", "k": b64(b"k" * 32)}, {"kty": "PQ", "kid": "future"},
]
out = pathlib.Path(__file__).with_name("tokens.json")
out.write_text(json.dumps({"now": NOW, "issuer": ISSUER, "audience": AUDIENCE, "skew": skew, "usable": 5,
                           "keySet": {"keys": keys}, "cases": cases}, indent=1) + "\n")
