#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

// Swift can't call variadic functions: one setter for each kind of argument.
CURLcode nuri_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode nuri_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode nuri_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode nuri_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode nuri_curl_set_writer(CURL *handle, CURLoption option, curl_write_callback value);
CURLcode nuri_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode nuri_curl_get_pointer(CURL *handle, CURLINFO info, void **value);
CURLMcode nuri_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);

// The next transfer that has ended, and how; NULL when there is none.
CURL *nuri_curl_multi_ended(CURLM *multi, CURLcode *result);

// Says whether a transfer may connect to an address: 4 bytes of IPv4 or 16 of IPv6, as names were resolved.
typedef bool (*nuri_address_check)(void *context, const uint8_t *address, size_t count);

// Has every new connection of a transfer asked for first.
CURLcode nuri_curl_set_guard(CURL *handle, nuri_address_check check, void *context);
