#pragma once
#include <curl/curl.h>

/*
 * curl_easy_setopt and its like are variadic, which Swift cannot call. One wrapper for each type of
 * argument keeps the types right: an option is given to the wrapper that its documentation names.
 */

static inline CURLcode credwatch_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode credwatch_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode credwatch_curl_set_string(CURL *easy, CURLoption option,
                                                 const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode credwatch_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode credwatch_curl_set_list(CURL *easy, CURLoption option,
                                               struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*credwatch_curl_writer)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode credwatch_curl_set_writer(CURL *easy, credwatch_curl_writer value) {
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, value);
}

static inline CURLMcode credwatch_curl_multi_set_long(CURLM *multi, CURLMoption option,
                                                      long value) {
    return curl_multi_setopt(multi, option, value);
}

/* The getters give 0 or NULL for what is not known. */

static inline long credwatch_curl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline curl_off_t credwatch_curl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

/* -1 when there is no connection. */
static inline curl_socket_t credwatch_curl_get_socket(CURL *easy, CURLINFO info) {
    curl_socket_t value = CURL_SOCKET_BAD;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : CURL_SOCKET_BAD;
}

static inline void *credwatch_curl_get_private(CURL *easy) {
    char *value = NULL;
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}
