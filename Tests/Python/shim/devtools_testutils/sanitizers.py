"""Takes secrets out of recordings in the original; there are no recordings here."""


def _nothing(*_, **__):
    pass


add_body_key_sanitizer = _nothing
add_header_regex_sanitizer = _nothing
add_oauth_response_sanitizer = _nothing
add_remove_header_sanitizer = _nothing
remove_batch_sanitizers = _nothing
