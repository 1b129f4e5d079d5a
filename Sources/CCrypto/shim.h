#pragma once
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* OSSL_PARAM keeps pointers to its names, which Swift's strings do not outlive a call. */
static inline EVP_MAC_CTX *credwatch_new_hmac_sha256(void) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac);
    if (context && !EVP_MAC_CTX_set_params(context, parameters)) {
        EVP_MAC_CTX_free(context);
        context = NULL;
    }
    return context;
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
