import CRocksDB
import CSQLite
import Glibc

/// What the stores are given in place of a batch: the same keys and values, without models or history.
struct KeyValues: Sendable {
  /// `twin/property`, ready to be handed over.
  private(set) var keys: [[UInt8]] = []
  private(set) var values: [Double] = []

  mutating func append(_ twin: Int, _ value: Double) {
    keys.append(Array("\(Pumps.id(twin))/temperature".utf8))
    values.append(value)
  }

  static func updates(
    _ batches: Int, twins: Int, seed: UInt64, size: Int = Pumps.batchSize
  ) -> [KeyValues] {
    var random = Random(seed)
    return (0..<batches).map { _ in
      var batch = KeyValues()
      for _ in 0..<size { batch.append(random.next(below: twins), Double(random.next(below: 10_000)) / 100) }
      return batch
    }
  }

  /// Calls `body` with each key's bytes and each value's.
  func forEach(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) rethrows {
    for index in keys.indices {
      try keys[index].withUnsafeBytes { key in
        try withUnsafeBytes(of: values[index]) { try body(key, $0) }
      }
    }
  }
}

/// What a twin store would write: one key and value a twin, before updates begin.
protocol KeyValueStore {
  func write(_ batch: KeyValues) throws
}

extension KeyValueStore {
  func fill(_ twins: Int) throws {
    var batch = KeyValues()
    for index in 0..<twins {
      batch.append(index, Pumps.temperature(index))
      if batch.values.count == 10_000 || index == twins - 1 {
        try write(batch)
        batch = KeyValues()
      }
    }
  }
}

/// RocksDB with a log synced at every write, Bloom filters, a large cache and no needless compression.
///
/// `@unchecked Sendable`: RocksDB's handles may be used from any thread; nothing else changes.
final class RocksStore: KeyValueStore, @unchecked Sendable {
  private let database: OpaquePointer
  private let durable: OpaquePointer

  init(_ path: String) throws {
    let options = rocksdb_options_create()
    rocksdb_options_set_create_if_missing(options, 1)
    rocksdb_options_increase_parallelism(options, 2)
    rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
    rocksdb_options_set_write_buffer_size(options, 64 << 20)
    rocksdb_options_set_max_write_buffer_number(options, 4)
    // The log's blocks are taken from the file system ahead of time, and its files used again: cheaper syncs.
    rocksdb_options_set_recycle_log_file_num(options, 4)
    rocksdb_options_set_enable_pipelined_write(options, 1)
    let table = rocksdb_block_based_options_create()
    rocksdb_block_based_options_set_block_cache(table, rocksdb_cache_create_lru(512 << 20))
    rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom(10))
    rocksdb_options_set_block_based_table_factory(options, table)
    var error: UnsafeMutablePointer<CChar>?
    guard let database = rocksdb_open(options, path, &error), error == nil else {
      throw Stop("RocksDB: \(error.map { String(cString: $0) } ?? "can't open")")
    }
    guard let durable = rocksdb_writeoptions_create() else { throw Stop("RocksDB: no options") }
    rocksdb_writeoptions_set_sync(durable, 1)
    self.database = database
    self.durable = durable
  }

  deinit { rocksdb_close(database) }

  func write(_ batch: KeyValues) throws {
    let changes = rocksdb_writebatch_create()
    defer { rocksdb_writebatch_destroy(changes) }
    batch.forEach { key, value in
      rocksdb_writebatch_put(
        changes, key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count,
        value.baseAddress?.assumingMemoryBound(to: CChar.self), value.count)
    }
    var error: UnsafeMutablePointer<CChar>?
    rocksdb_write(database, durable, changes, &error)
    if let error { throw Stop("RocksDB: \(String(cString: error))") }
  }
}

/// SQLite with a write-ahead log synced at every commit, one connection shared behind a lock (its writers take
/// turns anyhow, and waiting for a lock costs less than its busy handler).
///
/// `@unchecked Sendable`: the connection is used only while holding `mutex`.
final class SQLiteStore: KeyValueStore, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var database: OpaquePointer?
  private var upsert: OpaquePointer?

  init(_ path: String) throws {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    guard mkdir(path, 0o755) == 0, sqlite3_open("\(path)/twins.sqlite", &database) == SQLITE_OK else {
      throw Stop("SQLite: can't open \(path)")
    }
    try run("PRAGMA journal_mode = WAL")
    try run("PRAGMA synchronous = FULL")
    try run("PRAGMA cache_size = -524288")
    try run("PRAGMA mmap_size = 4294967296")
    try run("PRAGMA wal_autocheckpoint = 8000")
    try run("CREATE TABLE properties (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    let statement =
      "INSERT INTO properties VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    guard sqlite3_prepare_v2(database, statement, -1, &upsert, nil) == SQLITE_OK else { throw failure() }
  }

  deinit {
    sqlite3_finalize(upsert)
    sqlite3_close(database)
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func write(_ batch: KeyValues) throws {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let isOne = batch.values.count == 1
    if !isOne { try run("BEGIN") }
    try batch.forEach { key, value in
      sqlite3_bind_blob(upsert, 1, key.baseAddress, Int32(key.count), nil)
      sqlite3_bind_blob(upsert, 2, value.baseAddress, Int32(value.count), nil)
      guard sqlite3_step(upsert) == SQLITE_DONE else { throw failure() }
      sqlite3_reset(upsert)
    }
    if !isOne { try run("COMMIT") }
  }

  private func run(_ statement: String) throws {
    guard sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  private func failure() -> Stop { Stop("SQLite: \(String(cString: sqlite3_errmsg(database)))") }
}
