import TwinValues

/// Short ways to write nested JSON.
extension JSONWriter {
  mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  mutating func list(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    beginArray()
    body(&self)
    endArray()
  }

  mutating func number(_ name: String, _ number: Int) {
    key(name)
    integer(Int64(number))
  }

  mutating func text(_ name: String, _ text: String) {
    key(name)
    string(text)
  }

  mutating func strings(_ texts: [String]) {
    beginArray()
    for text in texts { string(text) }
    endArray()
  }

  mutating func numbers(_ name: String, _ numbers: [Int]) {
    key(name)
    beginArray()
    for number in numbers { integer(Int64(number)) }
    endArray()
  }

  mutating func doubles(_ name: String, _ numbers: [Double]) {
    key(name)
    beginArray()
    for number in numbers { double(number) }
    endArray()
  }
}
