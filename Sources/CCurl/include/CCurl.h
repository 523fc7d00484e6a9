#pragma once
#include <curl/curl.h>

// Swift can't call variadic functions: one setter for each kind of argument.
CURLcode nuri_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode nuri_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode nuri_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode nuri_curl_set_writer(CURL *handle, CURLoption option, curl_write_callback value);
CURLcode nuri_curl_get_long(CURL *handle, CURLINFO info, long *value);
