#pragma once
/* The plain SHA-256 functions are called deprecated, in favour of ones that cost five times as much for
 * the few hundred bytes of a request; both end in the same code for the processor's own instructions. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

static inline void credwatch_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(digest, &context);
}

/* HMAC-SHA-256 of RFC 2104. */
static inline void credwatch_hmac_sha256(const uint8_t *key, size_t key_count,
                                         const uint8_t *bytes, size_t count, uint8_t *digest) {
    uint8_t block[SHA256_CBLOCK] = {0};
    SHA256_CTX context;
    if (key_count > sizeof block) {
        credwatch_sha256(key, key_count, block);
    } else if (key_count > 0) {
        memcpy(block, key, key_count);
    }
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(digest, &context);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
    SHA256_Update(&context, digest, SHA256_DIGEST_LENGTH);
    SHA256_Final(digest, &context);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&context, sizeof context);
}

/* Swift cannot call variadic functions and macros; these wrap the ones that the tests' TLS needs. */

static inline EVP_PKEY *credwatch_new_p256_key(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

static inline EVP_PKEY *credwatch_new_p384_key(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
}

static inline EVP_PKEY *credwatch_new_ed25519_key(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static inline X509_EXTENSION *credwatch_new_extension(X509 *issuer, X509 *subject, int nid,
                                                      const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    return X509V3_EXT_conf_nid(NULL, &context, nid, value);
}
