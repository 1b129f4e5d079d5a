// The least that a check can cost: requests that were signed beforehand, sent by libcurl's multi
// interface from one thread, with nothing done to the answers but to receive them.
//
// usage: floor URL CAFILE HEADERS REQUESTS IN_FLIGHT
// HEADERS is a file with one header per line. Prints one JSON object.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_IN_FLIGHT 1024
#define ANSWER_SIZE 16384

static const char body[] = "Action=GetCallerIdentity&Version=2011-06-15";

struct answer {
    size_t length;
    char bytes[ANSWER_SIZE];
};

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "floor: %s: %s\n", what, detail);
    exit(1);
}

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    struct answer *answer = context;
    size_t length = size * count;
    if (length > ANSWER_SIZE - answer->length) return 0;
    memcpy(answer->bytes + answer->length, bytes, length);
    answer->length += length;
    return length;
}

static struct curl_slist *read_headers(const char *path) {
    FILE *file = fopen(path, "re");
    if (!file) fail("cannot read the headers", path);
    struct curl_slist *list = NULL;
    char line[4096];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line) list = curl_slist_append(list, line);
    }
    fclose(file);
    return list;
}

static CURL *make_request(const char *url, const char *ca, struct curl_slist *headers,
                          struct answer *answer) {
    CURL *easy = curl_easy_init();
    if (!easy) fail("libcurl", "no easy handle");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)(sizeof body - 1));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, answer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
    return easy;
}

static void accept_answer(CURL *easy, CURLcode result) {
    long status = 0;
    struct answer *answer = NULL;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &answer);
    if (result != CURLE_OK) fail("request", curl_easy_strerror(result));
    if (status != 200 || answer->length == 0) fail("request", "not the answer that was expected");
    answer->length = 0;
}

// Sends `count` requests, as many at a time as there are handles.
static void send_requests(CURLM *multi, CURL **handles, long in_flight, long count) {
    long started = 0, finished = 0;
    while (started < in_flight && started < count) curl_multi_add_handle(multi, handles[started++]);
    while (finished < count) {
        int running = 0, left = 0;
        CURLMcode code = curl_multi_perform(multi, &running);
        if (code != CURLM_OK) fail("curl_multi_perform", curl_multi_strerror(code));
        CURLMsg *message;
        int again = 0;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL *easy = message->easy_handle;
            accept_answer(easy, message->data.result);
            curl_multi_remove_handle(multi, easy);
            finished++;
            if (started < count) {
                curl_multi_add_handle(multi, easy);
                started++;
                again = 1;
            }
        }
        // A handle just added wants to be performed, not waited for.
        if (again || finished == count) continue;
        code = curl_multi_poll(multi, NULL, 0, 1000, NULL);
        if (code != CURLM_OK) fail("curl_multi_poll", curl_multi_strerror(code));
    }
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double wall_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 6) fail("usage", "floor URL CAFILE HEADERS REQUESTS IN_FLIGHT");
    long count = atol(argv[4]), in_flight = atol(argv[5]);
    if (count < 1 || in_flight < 1 || in_flight > MAX_IN_FLIGHT) fail("usage", "out of range");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    if (!multi) fail("libcurl", "no multi handle");
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, in_flight);
    struct curl_slist *headers = read_headers(argv[3]);
    CURL *handles[MAX_IN_FLIGHT];
    for (long i = 0; i < in_flight; i++) {
        struct answer *answer = calloc(1, sizeof *answer);
        if (!answer) fail("memory", "none left");
        handles[i] = make_request(argv[1], argv[2], headers, answer);
    }

    // The connections are made before the clock starts: what counts is a warm check.
    send_requests(multi, handles, in_flight, 4 * in_flight);
    double cpu = cpu_seconds(), wall = wall_seconds();
    send_requests(multi, handles, in_flight, count);
    cpu = cpu_seconds() - cpu;
    wall = wall_seconds() - wall;
    printf("{\"requests\":%ld,\"in_flight\":%ld,\"cpu_seconds\":%.6f,\"wall_seconds\":%.6f,"
           "\"libcurl\":\"%s\",\"tls\":\"%s\"}\n",
           count, in_flight, cpu, wall, curl_version_info(CURLVERSION_NOW)->version,
           curl_version_info(CURLVERSION_NOW)->ssl_version);
    return 0;
}
