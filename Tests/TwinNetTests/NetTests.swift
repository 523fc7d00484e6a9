import Testing

/// All tests of the room, one after another: they wait for sockets, and there are few threads to wait on.
@Suite(.serialized) struct NetTests {}
