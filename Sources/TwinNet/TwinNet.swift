// TwinNet: bytes and frames between the network and a handler. Floor 2; knows nothing of twins.
//
// Data flows one way in and one way out:
//
//   Listener ─▶ Channel (socket, TLS) ─▶ ConnectionStart ─▶ HTTP1Connection ┐
//                  ▲                                     └▶ HTTP2Connection ├▶ HTTPService ─▶ handler
//                  └── OutputQueue ◀── ResponseSink ◀───────────────────────┘      (async, on the loop)
//
// Each connection lives on one EventLoop, a thread that is also the executor of its handlers' tasks. Pure parts
// (HeadScanner, RequestHead, ChunkDecoder, WebSocketCodec, HTTP2Codec, Decompressor, TimerHeap, FloodGate) know
// neither sockets nor clocks; Channel, Listener and EventLoop are the only ones that do.
//
// May import: TwinValues and the C modules. Imported by: the server's rooms above the engine.
